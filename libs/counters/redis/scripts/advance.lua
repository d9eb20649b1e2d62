-- Moves a shard's position forward.
--
-- KEYS[1] its positions. ARGV: partition, the position it must at least have, the new one.
-- Returns the position it had before, or nothing; it is moved only when it was not older than expected.

local stored = redis.call('HGET', KEYS[1], ARGV[1])
if stored and tonumber(stored) >= tonumber(ARGV[2]) and tonumber(stored) < tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return stored
