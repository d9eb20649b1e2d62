-- Makes the generation being built the current, complete one.
--
-- KEYS[1] the shard's meta. ARGV: tag, the out-of-log writes it must at least have.
-- Returns {its tenants, its TENANT:ENTITY of reference records}; false when nothing is being built or writes to it were lost.

local meta = redis.call('HMGET', KEYS[1], 'building', 'buildingBoards', 'repairs')
if not meta[1] or tonumber(meta[3] or '0') < tonumber(ARGV[2]) then
  return false
end
redis.call('HSET', KEYS[1], 'current', meta[1], 'complete', 1, 'boards', meta[2])
redis.call('HDEL', KEYS[1], 'building', 'buildingBoards')
local prefix = ARGV[1] .. ':g' .. meta[1] .. ':'
return { redis.call('HKEYS', prefix .. 'h'), redis.call('SMEMBERS', prefix .. 'e') }
