-- Publishes one status. KEYS[1] the statuses. ARGV: name, JSON, seconds it stays. The server's clock
-- dates it, so that processes with different clocks agree on what is old.

redis.call('HSET', KEYS[1], ARGV[1], redis.call('TIME')[1] .. ' ' .. ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
