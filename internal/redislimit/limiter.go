// Package redislimit counts against limits on Redis or Valkey, single or Cluster (docs/decisions/022).
package redislimit

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"twohens/internal/quota"
)

// Config says where Redis is.
type Config struct {
	Addresses []string // host and port; of a Cluster, some of its nodes
	Username  string
	Password  func() (string, error) // read whenever a connection is made; nil: there is none
	TLS       *tls.Config            // nil: in the clear
	Prefix    string                 // before the names of all keys
}

// Limiter is a quota.Limiter whose counts are on Redis. Each call is one script, which Redis carries out alone.
type Limiter struct {
	option rueidis.ClientOption
	prefix string
	take   *rueidis.Lua
	give   *rueidis.Lua

	mu         sync.Mutex
	client     rueidis.Client
	connecting chan struct{} // closed when it has come to an end; nil: nobody is
	err        error         // that it ended with
	closed     bool
}

// connectLimit is how long making a connection may take.
const connectLimit = 2 * time.Second

// New makes a Limiter. It connects with the first call, to one of the addresses, and finds out by itself whether it is a Cluster: a Redis
// that is down keeps nothing from starting.
func New(c Config) *Limiter {
	option := rueidis.ClientOption{
		InitAddress: c.Addresses, TLSConfig: c.TLS, Dialer: net.Dialer{Timeout: connectLimit}, ConnWriteTimeout: connectLimit,
		ClientName: "twohens",
		// Nothing is read that could be cached, and answers of replicas would be too old.
		DisableCache: true,
		// A script that was sent may have been carried out: whoever asked must not be charged twice.
		DisableRetry: true,
	}
	if c.Username != "" || c.Password != nil {
		option.AuthCredentialsFn = func(rueidis.AuthCredentialsContext) (rueidis.AuthCredentials, error) {
			a := rueidis.AuthCredentials{Username: c.Username}
			if c.Password == nil {
				return a, nil
			}
			var err error
			a.Password, err = c.Password()
			return a, err
		}
	}
	return &Limiter{
		option: option,
		// The keys of one call must lie together in a Cluster, and any may be called with any: so all of them do.
		prefix: "{" + c.Prefix + "}:",
		take:   rueidis.NewLuaScript(takeScript), give: rueidis.NewLuaScript(giveScript),
	}
}

// errClosed is what calls after Close get.
var errClosed = errors.New("redis: closed")

// connection gives the client, or waits for it as long as ctx allows; it goes on being made for whoever comes next.
func (l *Limiter) connection(ctx context.Context) (rueidis.Client, error) {
	l.mu.Lock()
	switch {
	case l.closed:
		l.mu.Unlock()
		return nil, errClosed
	case l.client != nil:
		defer l.mu.Unlock()
		return l.client, nil
	case l.connecting == nil:
		l.connecting = make(chan struct{})
		go l.connect(l.connecting)
	}
	made := l.connecting
	l.mu.Unlock()
	select {
	case <-made:
	case <-ctx.Done():
		return nil, fmt.Errorf("redis: connecting: %w", ctx.Err())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.client == nil {
		return nil, l.err
	}
	return l.client, nil
}

func (l *Limiter) connect(made chan struct{}) {
	client, err := rueidis.NewClient(l.option)
	l.mu.Lock()
	defer l.mu.Unlock()
	defer close(made)
	l.connecting = nil
	switch {
	case err != nil:
		l.err = fmt.Errorf("redis: %w", err)
	case l.closed:
		client.Close()
		l.err = errClosed
	default:
		l.client = client
	}
}

// Close ends the connections.
func (l *Limiter) Close() {
	l.mu.Lock()
	l.closed = true
	client, connecting := l.client, l.connecting
	l.client = nil
	l.mu.Unlock()
	if connecting != nil {
		<-connecting
	}
	if client != nil {
		client.Close()
	}
}

// The arithmetic is that of quota.Limit, in whole microseconds, which a double holds exactly until the year 2255. A bucket is forgotten
// when it is full again; a second is added, since clocks differ, and a bucket that is forgotten late does no harm.
const takeScript = `
local now, count = tonumber(ARGV[1]), #KEYS
local retry, tats = 0, {}
for i = 1, count do
	local interval, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
	local old = tonumber(redis.call('GET', KEYS[i]) or '0')
	local tat = math.min(math.max(old, now), now + window)
	local wait = tat + interval - now - window
	if wait > 0 then
		retry = math.max(retry, wait)
		tats[i] = {refused = true, old = old, tat = tat}
	else
		tats[i] = {old = old, tat = tat + interval}
	end
end
for i = 1, count do
	local t = tats[i]
	if retry == 0 or (t.refused and t.tat ~= t.old) then
		redis.call('SET', KEYS[i], string.format('%.0f', t.tat), 'PX', string.format('%.0f', math.ceil((t.tat - now) / 1000) + 1000))
	end
end
return string.format('%.0f', retry)`

const giveScript = `
local now = tonumber(ARGV[1])
for i = 1, #KEYS do
	local old = tonumber(redis.call('GET', KEYS[i]) or '0')
	if old > now then
		local tat = math.max(old - tonumber(ARGV[2 * i]), now)
		redis.call('SET', KEYS[i], string.format('%.0f', tat), 'PX', string.format('%.0f', math.ceil((tat - now) / 1000) + 1000))
	end
end
return '0'`

// Take implements quota.Limiter.
func (l *Limiter) Take(ctx context.Context, now time.Time, charges []quota.Charge) (retryAfter time.Duration, ok bool, err error) {
	text, err := l.run(ctx, l.take, now, charges)
	if err != nil {
		return 0, false, err
	}
	wait, err := strconv.ParseInt(text, 10, 64)
	if err != nil || wait < 0 || wait > quota.MaxPer.Microseconds() { // no Interval is longer; more could be 0 as a Duration
		return 0, false, fmt.Errorf("redis: the script answered %.20q", text)
	}
	retryAfter = time.Duration(wait) * time.Microsecond
	return retryAfter, retryAfter == 0, nil
}

// Return implements quota.Limiter.
func (l *Limiter) Return(ctx context.Context, now time.Time, charges []quota.Charge) error {
	_, err := l.run(ctx, l.give, now, charges)
	return err
}

// run runs a script over the buckets of some charges. Without any it says what a script says that refuses nothing.
func (l *Limiter) run(ctx context.Context, script *rueidis.Lua, now time.Time, charges []quota.Charge) (string, error) {
	if err := quota.CheckCharges(charges); err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if len(charges) == 0 {
		return "0", nil
	}
	keys, args := make([]string, len(charges)), make([]string, 1, 1+2*len(charges))
	args[0] = strconv.FormatInt(now.UnixMicro(), 10)
	for i, c := range charges {
		keys[i] = l.prefix + c.Key
		args = append(args, micros(c.Limit.Interval()), micros(c.Limit.Window()))
	}
	client, err := l.connection(ctx)
	if err != nil {
		return "", err
	}
	text, err := script.Exec(ctx, client, keys, args).ToString()
	if err != nil {
		return "", fmt.Errorf("redis: counting against limits: %w", err)
	}
	return text, nil
}

func micros(d time.Duration) string { return strconv.FormatInt(d.Microseconds(), 10) }

// Health is what an operator wants to know of a Redis.
type Health struct {
	Version  string // empty when it may not be asked: counting needs no INFO
	Cluster  bool
	Eviction string // maxmemory-policy; empty when it may not be asked
}

// Health asks, and takes from a bucket of nobody's, so that a user who may not run scripts is found out.
func (l *Limiter) Health(ctx context.Context) (Health, error) {
	var h Health
	client, err := l.connection(ctx)
	if err != nil {
		return h, err
	}
	info, err := client.Do(ctx, client.B().Info().Section("server", "cluster").Build()).ToString()
	if denied, ok := rueidis.IsRedisErr(err); err != nil && (!ok || !strings.HasPrefix(denied.Error(), "NOPERM")) {
		return h, fmt.Errorf("redis: %w", err)
	}
	h.Version, h.Cluster = field(info, "redis_version"), field(info, "cluster_enabled") == "1"
	if policy, err := client.Do(ctx, client.B().ConfigGet().Parameter("maxmemory-policy").Build()).AsStrMap(); err == nil {
		h.Eviction = policy["maxmemory-policy"]
	}
	if _, ok, err := l.Take(ctx, time.Now(), []quota.Charge{{Key: "check", Limit: quota.Limit{Events: 1000, Per: time.Second}}}); err != nil {
		return h, err
	} else if !ok {
		return h, errors.New("redis: the first event was refused")
	}
	return h, nil
}

// field finds a line of what INFO says.
func field(info, name string) string {
	for line := range strings.Lines(info) {
		if value, found := strings.CutPrefix(strings.TrimRight(line, "\r\n"), name+":"); found {
			return value
		}
	}
	return ""
}
