-- What decides whether a window's cells may be believed.
--
-- KEYS[1] the shard's meta. ARGV: tag, tenant, BOARD:WINDOW.
-- Returns {complete, boards, the tenant's horizon or false, overflowed}, nothing when never set up.

local meta = redis.call('HMGET', KEYS[1], 'current', 'complete', 'boards')
if not meta[1] then
  return {}
end
local prefix = ARGV[1] .. ':g' .. meta[1] .. ':'
return {
  meta[2] or '0',
  meta[3] or '',
  redis.call('HGET', prefix .. 'h', ARGV[2]) or '',
  redis.call('SISMEMBER', prefix .. 'o:' .. ARGV[2], ARGV[3]),
}
