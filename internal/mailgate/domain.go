package mailgate

import (
	"sync"
	"time"

	"twohens/internal/quota"
)

// domains is how many mails go to one mail domain at once and in a minute. A big provider that is sent too many of one sender's mails at once
// puts them all off, and then those of other people with it. Who gets no turn is given back to the outbox, and never waits in front of mails
// to others.
type domains struct {
	atOnce int
	limit  quota.Limit // the zero one: none
	now    func() time.Time

	mu    sync.Mutex
	known map[string]*domain
}

// domain is what is known of one.
type domain struct {
	underway int
	tat      time.Time // as in quota.Limit.Take
}

// domainsKept is how many domains are remembered before those that have nothing to remember are forgotten.
const domainsKept = 1000

func newDomains(atOnce, perMinute int, now func() time.Time) *domains {
	d := &domains{atOnce: atOnce, now: now, known: make(map[string]*domain)}
	if perMinute > 0 {
		d.limit = quota.Limit{Events: perMinute, Per: time.Minute}
	}
	return d
}

// take takes a turn for a domain, or says that there is none now.
func (d *domains) take(name string) (leave func(), ok bool) {
	if d.atOnce == 0 && d.limit.Events == 0 {
		return func() {}, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if len(d.known) >= domainsKept {
		for other, of := range d.known {
			if of.underway == 0 && !of.tat.After(now) {
				delete(d.known, other)
			}
		}
	}
	of := d.known[name]
	if of == nil {
		of = new(domain)
		d.known[name] = of
	}
	if d.atOnce > 0 && of.underway >= d.atOnce {
		return nil, false
	}
	if d.limit.Events > 0 {
		tat, _, ok := d.limit.Take(of.tat, now)
		if !ok {
			return nil, false
		}
		of.tat = tat
	}
	of.underway++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		of.underway--
	}, true
}
