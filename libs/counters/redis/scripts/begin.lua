-- Starts the next generation of a shard, or finds it started.
--
-- KEYS[1] the shard's meta. ARGV[1] board ids separated by commas.
-- Returns {the generation being built, out-of-log writes so far}, nothing when never set up.

local meta = redis.call('HMGET', KEYS[1], 'current', 'building', 'repairs')
if not meta[1] then
  return {}
end
if not meta[2] then
  meta[2] = string.format('%d', tonumber(meta[1]) + 1)
  redis.call('HSET', KEYS[1], 'building', meta[2], 'buildingBoards', ARGV[1])
end
return { meta[2], meta[3] or '0' }
