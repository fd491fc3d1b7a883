// Package metrics tells a monitoring system how the program does, in the text format of Prometheus.
//
// There are no names of people in it and few names at all: senders are those of the configuration, mail domains those that are public; what goes
// to others is one sum, however many domains people have.
package metrics

import (
	"cmp"
	"context"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"twohens/internal/engine"
	"twohens/internal/loopback"
)

// Deps are what is told of.
type Deps struct {
	Engine  *engine.Engine
	Senders func() []Sender
	Public  func(engine.Lane, engine.Place) bool
	// Connections says how many people's connections are open, how many may be, and how many were closed for others.
	Connections func() (open, most int, closed uint64)
	RedisDown   func() bool // that it does not answer, so that the database counts limits; nil: there is none
	Token       string      // a file with what is asked for; empty: only this machine is told
	Version     string
	Log         *slog.Logger
}

// Sender is how a sender did since the program started.
type Sender struct {
	Name     string
	Lane     engine.Lane
	Taken    uint64
	NotTaken map[string]uint64 // by class of failure
	Off      bool
	Rests    bool
	Underway int
}

// Handler answers on /metrics.
func Handler(d Deps) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.admits(r) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "metrics are for those who have the token", http.StatusUnauthorized)
			return
		}
		var b strings.Builder
		if err := d.write(r.Context(), &b); err != nil {
			d.Log.WarnContext(r.Context(), "metrics could not be made", "err", err)
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = io.WriteString(w, b.String())
	})
}

// admits says whether somebody may look. The token is read each time, so that a new one needs no restart.
func (d Deps) admits(r *http.Request) bool {
	if d.Token == "" {
		// By a name of this machine only: a stranger's name server may say that its page lives here (DNS rebinding).
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		return err == nil && peer.Addr().Unmap().IsLoopback() && loopback.Is(host)
	}
	text, err := os.ReadFile(d.Token)
	token := strings.TrimSpace(string(text))
	if err != nil || token == "" {
		return false
	}
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
}

// page writes metrics down.
type page struct{ io.Writer }

func (p page) begin(name, kind, help string) {
	fmt.Fprintf(p, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// line writes one value; labels are names and values by turns.
func (p page) line(name string, value float64, labels ...string) {
	var b strings.Builder
	for i := 0; i+1 < len(labels); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `%s="%s"`, labels[i], strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(labels[i+1]))
	}
	if b.Len() > 0 {
		name += "{" + b.String() + "}"
	}
	fmt.Fprintf(p, "%s %v\n", name, value)
}

func (d Deps) write(ctx context.Context, w io.Writer) error {
	p := page{w}
	now := d.Engine.Now()
	backlog, err := d.Engine.Backlog(ctx)
	if err != nil {
		return err
	}
	counted, err := d.Engine.Deliveries(ctx, now.Add(-time.Hour))
	if err != nil {
		return err
	}
	p.begin("twohens_info", "gauge", "The program's version.")
	p.line("twohens_info", 1, "version", d.Version, "go", runtime.Version())
	p.begin("twohens_outbox_waiting", "gauge", "What waits in the outbox, by lane.")
	oldest := map[engine.Lane]time.Duration{}
	waiting := map[engine.Lane]int{}
	for _, b := range backlog {
		waiting[b.Lane], oldest[b.Lane] = b.Waiting, max(0, now.Sub(b.Oldest))
	}
	lanes := []engine.Lane{engine.LaneFind, engine.LaneMail, engine.LaneText}
	for _, l := range lanes {
		p.line("twohens_outbox_waiting", float64(waiting[l]), "lane", string(l))
	}
	p.begin("twohens_outbox_oldest_seconds", "gauge", "For how long the one that waits longest has been due.")
	for _, l := range lanes {
		p.line("twohens_outbox_oldest_seconds", oldest[l].Seconds(), "lane", string(l))
	}
	brake := d.Engine.Braking()
	p.begin("twohens_brake_on", "gauge", "Whether so many typed codes are wrong that browsers work longer (alarm), or that none is looked at (pause).")
	p.line("twohens_brake_on", one(brake.Alarm), "stage", "alarm")
	p.line("twohens_brake_on", one(brake.Pause), "stage", "pause")
	p.begin("twohens_brake_total", "counter", "How often that began since the program started.")
	p.line("twohens_brake_total", float64(brake.Alarms), "stage", "alarm")
	p.line("twohens_brake_total", float64(brake.Pauses), "stage", "pause")
	open, most, closed := d.Connections()
	p.begin("twohens_connections", "gauge", "People's connections that are open, and how many may be.")
	p.line("twohens_connections", float64(open), "are", "open")
	p.line("twohens_connections", float64(most), "are", "most")
	p.begin("twohens_connections_closed_total", "counter", "Connections that were closed for others to come in, the quietest first.")
	p.line("twohens_connections_closed_total", float64(closed))
	if d.RedisDown != nil {
		p.begin("twohens_redis_down", "gauge", "Whether Redis does not answer, so that the database counts limits.")
		p.line("twohens_redis_down", one(d.RedisDown()))
	}
	d.senders(p)
	d.traffic(p, counted)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	p.begin("twohens_memory_bytes", "gauge", "Memory that the program has got from the system.")
	p.line("twohens_memory_bytes", float64(m.Sys))
	p.begin("twohens_goroutines", "gauge", "Goroutines.")
	p.line("twohens_goroutines", float64(runtime.NumGoroutine()))
	return nil
}

// one is 1 for what is so.
func one(so bool) float64 {
	if so {
		return 1
	}
	return 0
}

func (d Deps) senders(p page) {
	list := d.Senders()
	p.begin("twohens_sender_taken_total", "counter", "Messages that a sender took from this node.")
	for _, s := range list {
		p.line("twohens_sender_taken_total", float64(s.Taken), "sender", s.Name, "lane", string(s.Lane))
	}
	p.begin("twohens_sender_failures_total", "counter", "Messages that a sender did not take, by class.")
	for _, s := range list {
		for _, class := range slices.Sorted(keys(s.NotTaken)) {
			p.line("twohens_sender_failures_total", float64(s.NotTaken[class]), "sender", s.Name, "lane", string(s.Lane), "class", class)
		}
	}
	p.begin("twohens_sender_on", "gauge", "0 while a sender is switched off by hand.")
	for _, s := range list {
		p.line("twohens_sender_on", number(!s.Off), "sender", s.Name)
	}
	p.begin("twohens_sender_rests", "gauge", "1 while a sender rests after failures.")
	for _, s := range list {
		p.line("twohens_sender_rests", number(s.Rests), "sender", s.Name)
	}
	p.begin("twohens_sender_underway", "gauge", "Messages at a sender now.")
	for _, s := range list {
		p.line("twohens_sender_underway", float64(s.Underway), "sender", s.Name)
	}
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func number(so bool) float64 {
	if so {
		return 1
	}
	return 0
}

// other stands for all mail domains that are not public.
const other engine.Place = "other"

// traffic tells how messages fared in the last hour, over all nodes: sums that come and go, so they are gauges.
func (d Deps) traffic(p page, counted []engine.Traffic) {
	type place struct {
		lane  engine.Lane
		place engine.Place
	}
	sums := make(map[place]engine.Traffic)
	var order []place
	for _, t := range counted {
		at := place{t.Lane, t.Place}
		if !d.Public(t.Lane, t.Place) {
			at.place = other
		}
		sum, known := sums[at]
		if !known {
			order = append(order, at)
		}
		sum.Taken, sum.Deferred, sum.Refused, sum.Bounced = sum.Taken+t.Taken, sum.Deferred+t.Deferred, sum.Refused+t.Refused, sum.Bounced+t.Bounced
		sum.Delivered, sum.Lost, sum.Entered = sum.Delivered+t.Delivered, sum.Lost+t.Lost, sum.Entered+t.Entered
		for i := range t.Handing {
			sum.Handing[i] += t.Handing[i]
		}
		sums[at] = sum
	}
	slices.SortFunc(order, func(a, b place) int { return cmp.Or(cmp.Compare(a.lane, b.lane), cmp.Compare(a.place, b.place)) })
	p.begin("twohens_hour_messages", "gauge", "Messages of the last hour, by where to and what became of them.")
	for _, at := range order {
		t := sums[at]
		for _, r := range []struct {
			result string
			count  int
		}{
			{"taken", t.Taken}, {"deferred", t.Deferred}, {"refused", t.Refused}, {"bounced", t.Bounced}, {"delivered", t.Delivered}, {"lost", t.Lost}, {"entered", t.Entered},
		} {
			p.line("twohens_hour_messages", float64(r.count), "lane", string(at.lane), "place", string(at.place), "result", r.result)
		}
	}
	p.begin("twohens_hour_handing_seconds", "gauge", "How long messages of the last hour took until they were handed over.")
	for _, at := range order {
		for _, q := range []float64{0.5, 0.9, 0.99} {
			p.line("twohens_hour_handing_seconds", engine.Quantile(sums[at].Handing, q).Seconds(),
				"lane", string(at.lane), "place", string(at.place), "quantile", fmt.Sprint(q))
		}
	}
}
