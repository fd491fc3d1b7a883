package daemon

import (
	"container/list"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// connections bounds how many are open at once. A stranger who opens many and says little (slowloris) must not keep others out, so one that is
// too many is not refused: the one closes on which nothing has begun or ended for longest. Somebody who really asks for something is hardly ever
// that one, since for it all others would have to begin or end something between the first and the last packet of a request; and whose
// connection is closed between two pages gets a new one with the next.
type connections struct {
	net.Listener
	most int
	log  *slog.Logger

	mu     sync.Mutex
	open   list.List // of *connection; in front the one on which nothing has changed for longest
	closed uint64    // for others to come in
	told   time.Time
}

// connection is one of them.
type connection struct {
	net.Conn
	all   *connections
	place *list.Element // nil: closed
}

// toldEvery is how often the log tells that there are too many, at most.
const toldEvery = time.Minute

func newConnections(socket net.Listener, most int, log *slog.Logger) *connections {
	return &connections{Listener: socket, most: most, log: log}
}

// ownFiles are what the program needs besides people's connections: for its database, mail servers, gateways and texts.
const ownFiles = 256

// mostConnections is listen.connections, or fewer where this process may not open as many files: one that runs out of them cannot open its database either.
func (d *Daemon) mostConnections() int {
	most := d.config.Listen.Connections
	if files, bounded := mostFiles(); bounded && files-ownFiles < most {
		d.log.Warn("this process may open fewer files than listen.connections asks for: raise its limit (LimitNOFILE, ulimit -n)",
			"listen.connections", most, "files", files, "connections", max(files-ownFiles, files/2))
		most = max(files-ownFiles, files/2)
	}
	return most
}

// Accept implements net.Listener.
func (c *connections) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	one := &connection{Conn: conn, all: c}
	c.mu.Lock()
	one.place = c.open.PushBack(one)
	makeRoom(1)
	var quietest *connection
	if c.open.Len() > c.most {
		quietest = c.open.Front().Value.(*connection)
		c.forget(quietest)
		c.closed++
		if now := time.Now(); now.Sub(c.told) > toldEvery {
			c.told = now
			c.log.Warn("too many connections: the quietest are closed for new ones", "most", c.most, "closed", c.closed)
		}
	}
	c.mu.Unlock()
	if quietest != nil {
		_ = quietest.Conn.Close()
	}
	return one, nil
}

// forget takes one out of the list. It is called with mu held.
func (c *connections) forget(one *connection) {
	if one.place != nil {
		c.open.Remove(one.place)
		one.place = nil
		makeRoom(-1)
	}
}

// changed is told by the server when something begins or ends on a connection.
func (c *connections) changed(conn net.Conn, _ http.ConnState) {
	if over, ok := conn.(*tls.Conn); ok {
		conn = over.NetConn()
	}
	one, ok := conn.(*connection)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if one.place != nil {
		c.open.MoveToBack(one.place)
	}
}

// count says how many are open, and how many were closed for others since the start.
func (c *connections) count() (open int, closed uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open.Len(), c.closed
}

// Close implements net.Conn.
func (one *connection) Close() error {
	one.all.mu.Lock()
	one.all.forget(one)
	one.all.mu.Unlock()
	return one.Conn.Close()
}

// CloseWrite ends what is said here and leaves what the other side says, which the server needs: an answer to a form that is too long would be
// lost if the connection were cut while the rest of the form is on its way.
func (one *connection) CloseWrite() error {
	if half, ok := one.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
