package daemon

import (
	"context"
	"fmt"
	"net"
	"time"

	"twohens/internal/console"
	"twohens/internal/engine"
	"twohens/internal/metrics"
	"twohens/internal/password"
	"twohens/internal/relay"
	"twohens/internal/staff"
)

// mostOfStaff is how many connections the console has at once.
const mostOfStaff = 256

// buildConsole opens the console's port and builds what answers there, if there is to be one.
func (d *Daemon) buildConsole(hasher *password.Hasher, o Options) error {
	c := &d.config.Console
	if c.Address == "" && o.Console == nil {
		return nil
	}
	d.Staff = &staff.Staff{Table: d.Store, Hasher: hasher, Limiter: d.Store, Now: time.Now}
	if c.TLSCert != "" {
		var err error
		if d.consoleCert, err = loadFiled(string(c.TLSCert), string(c.TLSKey), d.log); err != nil {
			return fmt.Errorf("console: %w", err)
		}
	}
	handler, err := console.New(console.Deps{
		Engine: d.Engine, Gate: d.Gate, Staff: d.Staff, Site: d.config.Site.Name, Language: d.config.Site.Language, Secure: c.TLSCert != "", Log: d.log,
		Senders: func() []console.Sender {
			var list []console.Sender
			for _, s := range d.statuses() {
				list = append(list, console.Sender{Name: s.Gateway, RestsUntil: s.RestsUntil, Underway: s.Underway, LastFailure: s.LastFailure})
			}
			return list
		},
		Metrics: metrics.Handler(metrics.Deps{
			Engine: d.Engine, Public: Public(d.config), Token: string(c.MetricsToken), Version: release(), Log: d.log, Senders: d.measured,
			Connections: func() (open, most int, closed uint64) {
				open, closed = d.socket.count()
				return open, d.socket.most, closed
			},
			RedisDown: d.redisDown(),
		}),
	})
	if err != nil {
		return err
	}
	socket := o.Console
	if socket == nil {
		if socket, err = net.Listen("tcp", c.Address); err != nil {
			return fmt.Errorf("console.address: %w", err)
		}
	}
	d.consoleSocket = newConnections(socket, mostOfStaff, d.log)
	d.console = newServer(handler, d.consoleSocket, usual, d.log)
	return nil
}

// runConsole answers the staff until ctx ends.
func (d *Daemon) runConsole(ctx context.Context) {
	if err := serveUntil(ctx, d.console, d.consoleSocket, d.consoleCert); err != nil {
		d.log.Error("the console does not answer any more", "err", err)
	}
}

// redisDown says whether Redis does not answer; nil: there is none.
func (d *Daemon) redisDown() func() bool {
	if d.counting == nil {
		return nil
	}
	return d.counting.Down
}

// ConsoleRoutes lists everything that is served on ConsoleAddress, as patterns of http.ServeMux. Tests walk all of it.
func (d *Daemon) ConsoleRoutes() []string { return console.Routes() }

// ConsoleAddress is where the console answers, as host:port; empty: there is none.
func (d *Daemon) ConsoleAddress() string {
	if d.consoleSocket == nil {
		return ""
	}
	return d.consoleSocket.Addr().String()
}

// status is how a sender does, with the lane that it is in.
type status struct {
	relay.Status
	lane engine.Lane
}

// statuses are all senders, those of mails first.
func (d *Daemon) statuses() []status {
	var list []status
	for _, s := range d.sender.Status() {
		list = append(list, status{s, engine.LaneMail})
	}
	if d.texter != nil {
		for _, s := range d.texter.Status() {
			list = append(list, status{s, engine.LaneText})
		}
	}
	return list
}

// measured are the senders as metrics tell of them.
func (d *Daemon) measured() []metrics.Sender {
	now := time.Now()
	var list []metrics.Sender
	for _, s := range d.statuses() {
		m := metrics.Sender{
			Name: s.Gateway, Lane: s.lane, Taken: s.Taken, NotTaken: make(map[string]uint64), Off: s.Off, Rests: s.RestsUntil.After(now), Underway: s.Underway,
		}
		for class, n := range s.NotTaken {
			m.NotTaken[string(class)] = n
		}
		list = append(list, m)
	}
	return list
}
