-- Sets up a shard for a log partition that it does not know.
--
-- KEYS[1] the shard's meta, KEYS[2] its positions. ARGV: partition, position, '1' when the log begins
-- here, board ids separated by commas.

if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2]) == 0 then
  return 0
end
if redis.call('HEXISTS', KEYS[1], 'current') == 0 then
  redis.call('HSET', KEYS[1], 'current', 1, 'complete', ARGV[3], 'boards', ARGV[4])
elseif ARGV[3] == '0' then
  -- What came before this position was never counted here.
  redis.call('HSET', KEYS[1], 'complete', 0)
end
return 1
