-- What a shard holds of some records.
--
-- KEYS[1] the shard's meta. ARGV[1] its tag; ARGV[2] msgpack [tenants, records], records flat:
-- index of the tenant, bucket, digest.
-- Returns nothing when the shard was never set up, else flat: current generation, the one being
-- built or false, then per generation the tenants' horizons and each record's head and contributions.

local meta = redis.call('HMGET', KEYS[1], 'current', 'building')
if not meta[1] then
  return {}
end
local ask = cmsgpack.unpack(ARGV[2])
local tenants, records = ask[1], ask[2]
local out = { meta[1], meta[2] }
local n = 2
for g = 1, meta[2] and 2 or 1 do
  local prefix = ARGV[1] .. ':g' .. meta[g] .. ':'
  local horizons = redis.call('HMGET', prefix .. 'h', unpack(tenants))
  for i = 1, #tenants do
    n = n + 1
    out[n] = horizons[i]
  end
  local heads, contributions = {}, {}
  for i = 1, #tenants do
    heads[i] = prefix .. 'v:' .. tenants[i] .. ':'
    contributions[i] = prefix .. 'c:' .. tenants[i] .. ':'
  end
  for i = 1, #records, 3 do
    local tenant, bucket, digest = records[i], records[i + 1], records[i + 2]
    local head = redis.call('HGET', heads[tenant] .. bucket, digest)
    out[n + 1] = head
    out[n + 2] = false
    if head then
      local year = string.byte(head, 17) * 256 + string.byte(head, 18)
      if year > 0 then
        out[n + 2] = redis.call('HGET', contributions[tenant] .. year .. ':' .. bucket, digest)
      end
    end
    n = n + 2
  end
end
return out
