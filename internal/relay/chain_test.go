package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
)

// scripted is a gateway that answers as a test says, for what a chain makes of it. Gateways themselves are tested against real
// other sides.
type scripted struct {
	mu    sync.Mutex
	asked int
	say   func(ctx context.Context, asked int, t engine.Text) (engine.Handover, error)
}

func (s *scripted) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	s.mu.Lock()
	s.asked++
	asked := s.asked
	s.mu.Unlock()
	return s.say(ctx, asked, t)
}

// says is a gateway that takes texts for the class "", and fails so otherwise.
func says(class Class) *scripted {
	return &scripted{say: func(_ context.Context, n int, t engine.Text) (engine.Handover, error) {
		if class == Unsure || class == "" {
			if err := t.Last(); err != nil {
				return engine.Handover{}, err
			}
		}
		if class == "" {
			return engine.Handover{Ref: fmt.Sprint(n), Parts: 2}, nil
		}
		return engine.Handover{}, &Failure{Class: class, Said: "because"}
	}}
}

// chain is one whose Text reads as a sender's own.
type chain struct{ *Chain[engine.Text] }

func (c chain) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	return c.Send(ctx, t, t.NotAfter, t.Last)
}

// chained makes a chain of scripted senders called a, b, c. Links say what else is known of them.
func chained(t *testing.T, s Settings, links []Link[engine.Text], senders ...*scripted) (chain, *strings.Builder) {
	t.Helper()
	for i, sender := range senders {
		if len(links) <= i {
			links = append(links, Link[engine.Text]{})
		}
		links[i].Name = string(rune('a' + i))
		links[i].Parts = func(engine.Text) int { return 1 }
		links[i].Send = func(ctx context.Context, m engine.Text, last func() error) (engine.Handover, error) {
			m.Last = last
			return sender.Text(ctx, m)
		}
	}
	log := new(strings.Builder)
	c, err := New(s, links, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return chain{c}, log
}

func text(t *testing.T, number string) engine.Text {
	t.Helper()
	to, err := contact.ParsePhone(number, "")
	if err != nil {
		t.Fatal(err)
	}
	return engine.Text{ID: "one", To: to, Body: "words"}
}

const spain, france = "+34600123456", "+33612345678"

// Who is asked after whom.
func TestFailOver(t *testing.T) {
	const taken = Class("")
	for _, tt := range []struct {
		name    string
		classes []Class
		unsure  bool
		asked   []int
		by      string
		class   Class // of the error
	}{
		{"the first", []Class{taken, taken}, false, []int{1, 0}, "a", ""},
		{"down", []Class{Down, taken}, false, []int{1, 1}, "b", ""},
		{"busy", []Class{Busy, taken}, false, []int{1, 1}, "b", ""},
		{"unfit", []Class{Unfit, taken}, false, []int{1, 1}, "b", ""},
		{"declined", []Class{Declined, taken}, false, []int{1, 1}, "b", ""},
		{"refused for good", []Class{Refused, taken}, false, []int{1, 0}, "", Refused},
		{"refused by the second", []Class{Down, Refused, taken}, false, []int{1, 1, 0}, "", Refused},
		{"to be waited out", []Class{Later, taken}, false, []int{1, 0}, "", Later},
		{"to be waited out by the second", []Class{Down, Later, taken}, false, []int{1, 1, 0}, "", Down},
		{"may have been taken", []Class{Unsure, taken}, false, []int{1, 0}, "", Unsure},
		{"may have been taken, and the operator pays", []Class{Unsure, taken}, true, []int{1, 1}, "b", ""},
		{"nobody", []Class{Down, Declined, Busy}, false, []int{1, 1, 1}, "", Down},
		{"nobody surely", []Class{Down, Unsure, Busy}, true, []int{1, 1, 1}, "", Down},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var gateways []*scripted
			for _, class := range tt.classes {
				gateways = append(gateways, says(class))
			}
			c, log := chained(t, Settings{RepeatUnsure: tt.unsure}, nil, gateways...)
			h, err := c.Text(t.Context(), text(t, spain))
			var asked []int
			for _, g := range gateways {
				asked = append(asked, g.asked)
			}
			if h.Gateway != tt.by || !slices.Equal(asked, tt.asked) {
				t.Errorf("taken by %q, asked %v: %v", h.Gateway, asked, err)
			}
			var f *Failure
			var r *engine.Refusal
			if errors.As(err, &f) != (tt.class != "") || f != nil && (f.Class != tt.class || f.Gateway == "") || errors.As(err, &r) != (tt.class == Refused) {
				t.Errorf("%#v", err)
			}
			if want := map[bool]int{true: 2 + 1, false: 2}[slices.Contains(tt.classes, Unsure)]; err == nil && h.Parts != want {
				t.Errorf("charged as %d parts, want %d", h.Parts, want)
			}
			var departed interface{ MayHaveLeft() bool } // the engine asks for it: such a text is spent
			if left := errors.As(err, &departed) && departed.MayHaveLeft(); left != (err != nil && slices.Contains(tt.classes, Unsure)) {
				t.Errorf("may have left: %t", left)
			}
			var asks interface{ Asked() string }
			if err != nil && (!errors.As(err, &asks) || asks.Asked() == "") {
				t.Errorf("nobody was asked: %v", err)
			}
			if failed := len(tt.classes) > 1 && tt.classes[0] != taken; strings.Contains(log.String(), "class="+string(tt.classes[0])) != failed {
				t.Errorf("the log: %s", log)
			}
		})
	}
}

// A message goes to whoever serves it; what is switched off is passed over, and nothing is final about it.
func TestServes(t *testing.T) {
	only := func(regions ...string) func(engine.Text) bool {
		return func(m engine.Text) bool { return slices.Contains(regions, m.To.Region()) }
	}
	a, b := says(""), says("")
	c, _ := chained(t, Settings{}, []Link[engine.Text]{{Serves: only("ES")}, {Serves: only("ES", "DE")}}, a, b)
	var r *engine.Refusal
	for _, tt := range []struct {
		off        []string
		number, by string
		err        error
	}{
		{nil, spain, "a", nil}, {nil, "+4915123456789", "b", nil}, {nil, france, "", r}, {[]string{"a", "other"}, spain, "b", nil},
		{[]string{"b"}, spain, "a", nil}, {[]string{"b"}, "+4915123456789", "", engine.ErrNoSender}, {[]string{"a", "b"}, spain, "", engine.ErrNoSender},
		{[]string{"a", "b"}, france, "", r}, {nil, spain, "a", nil},
	} {
		c.Switch(tt.off)
		h, err := c.Text(t.Context(), text(t, tt.number))
		if h.Gateway != tt.by || (err == nil) != (tt.by != "") || errors.Is(err, engine.ErrNoSender) != (tt.err == engine.ErrNoSender) || errors.As(err, &r) != (tt.by == "" && tt.err != engine.ErrNoSender) {
			t.Errorf("%v off, %s: %+v, %v", tt.off, tt.number, h, err)
		}
		for i, s := range c.Status() {
			if s.Off != slices.Contains(tt.off, s.Gateway) {
				t.Errorf("%d: %+v", i, s)
			}
		}
	}
	if n := c.Status()[0].NotTaken; len(n) != 0 {
		t.Errorf("switched off, and blamed: %v", n)
	}
}

// Last is asked once for a text, however many gateways get it, and its no is the last word.
func TestLastOverGateways(t *testing.T) {
	errLast := errors.New("no")
	for _, no := range []error{nil, errLast} {
		leaves := func() *scripted {
			return &scripted{say: func(_ context.Context, _ int, x engine.Text) (engine.Handover, error) {
				if err := x.Last(); err != nil {
					return engine.Handover{}, &Failure{Class: Down, Said: "a gateway that says something else"}
				}
				return engine.Handover{}, &Failure{Class: Busy, Said: "because"}
			}}
		}
		a, b := leaves(), leaves()
		c, _ := chained(t, Settings{}, nil, a, b)
		asked := 0
		x := text(t, spain)
		x.Last = func() error { asked++; return no }
		_, err := c.Text(t.Context(), x)
		if asked != 1 || errors.Is(err, errLast) != (no != nil) || (b.asked == 0) != (no != nil) {
			t.Errorf("asked %d times, the second gateway %d times: %v", asked, b.asked, err)
		}
		if n := c.Status()[0].NotTaken[Busy]; (n == 0) != (no != nil) {
			t.Errorf("counted %d against a gateway", n)
		}
	}
}

// A text that is of no use any more goes nowhere, also when the first gateway took the time.
func TestTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := says("")
		a := &scripted{say: func(context.Context, int, engine.Text) (engine.Handover, error) {
			time.Sleep(time.Minute)
			return engine.Handover{}, &Failure{Class: Down, Said: "because"}
		}}
		c, _ := chained(t, Settings{}, nil, a, b)
		x := text(t, spain)
		x.NotAfter = time.Now().Add(time.Minute)
		if _, err := c.Text(t.Context(), x); err == nil || a.asked != 1 || b.asked != 0 {
			t.Errorf("%v, asked %d and %d times", err, a.asked, b.asked)
		}
	})
}

// A gateway that keeps failing rests; one text tries it; what its failures say of single texts does not count.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		class := Down
		a, b := says(""), says("")
		well := a.say
		a.say = func(ctx context.Context, n int, x engine.Text) (engine.Handover, error) {
			if class != "" {
				return engine.Handover{}, &Failure{Class: class, Said: "because"}
			}
			return well(ctx, n, x)
		}
		c, log := chained(t, Settings{Failures: 3, Rest: 10 * time.Second}, nil, a, b)
		sent := func(n, asked int) {
			t.Helper()
			for range n {
				if _, err := c.Text(t.Context(), text(t, spain)); err != nil {
					t.Fatal(err)
				}
			}
			if a.asked != asked {
				t.Fatalf("asked %d times, want %d", a.asked, asked)
			}
		}
		sent(10, 3)
		if s := c.Status()[0]; !s.RestsUntil.Equal(time.Now().Add(10*time.Second)) || s.NotTaken[Down] != 3 || !strings.Contains(s.LastFailure, "because") {
			t.Errorf("%+v", s)
		}
		time.Sleep(10*time.Second - 1)
		sent(2, 3)
		time.Sleep(1 * time.Nanosecond)
		sent(10, 4) // one tries it, and it rests twice as long
		time.Sleep(20*time.Second - 1)
		sent(2, 4)
		time.Sleep(1 * time.Nanosecond)
		class = ""
		sent(10, 14)
		if s := c.Status()[0]; !s.RestsUntil.IsZero() || s.Taken != 10 || s.Parts != 20 {
			t.Errorf("%+v", s)
		}
		class = Declined
		sent(40, 54)
		class = Busy
		sent(2, 56)
		class = Declined
		sent(1, 57)
		class = Unfit
		sent(10, 60)
		for _, want := range []string{"rests after failures", "works again"} {
			if strings.Count(log.String(), want) == 0 {
				t.Errorf("the log lacks %q", want)
			}
		}
	})
}

// Half of what goes to a gateway fails, never many in a row.
func TestRestByShare(t *testing.T) {
	a, b := says(""), says("")
	a.say = func(_ context.Context, n int, _ engine.Text) (engine.Handover, error) {
		if n%2 == 0 {
			return engine.Handover{}, &Failure{Class: Busy, Said: "because"}
		}
		return engine.Handover{Parts: 1}, nil
	}
	c, _ := chained(t, Settings{}, nil, a, b)
	for range 100 {
		if _, err := c.Text(t.Context(), text(t, spain)); err != nil {
			t.Fatal(err)
		}
	}
	if a.asked != 32 {
		t.Errorf("asked %d times", a.asked)
	}
}

// While one text tries a gateway that rested, the others go elsewhere; whoever tries it and goes away leaves the try to the next.
func TestOneTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := says(Down), says("")
		c, _ := chained(t, Settings{Failures: 1, Rest: time.Second}, nil, a, b)
		one := func(ctx context.Context) error {
			_, err := c.Text(ctx, text(t, spain))
			return err
		}
		if err := one(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		a.say = func(ctx context.Context, _ int, _ engine.Text) (engine.Handover, error) {
			<-ctx.Done()
			return engine.Handover{}, &Failure{Class: Down, Said: "broken off", Err: ctx.Err()}
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- one(ctx) }()
		synctest.Wait()
		for range 5 {
			if err := one(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if a.asked != 2 {
			t.Errorf("asked %d times", a.asked)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		a.say = says("").say
		if err := one(t.Context()); err != nil || a.asked != 3 {
			t.Errorf("%v, asked %d times", err, a.asked)
		}
	})
}

// No more at once, and no more a second, than a gateway takes; who gets no turn in time goes to the next.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		under, most := 0, 0
		a, b := says(""), says("")
		a.say = func(context.Context, int, engine.Text) (engine.Handover, error) {
			a.mu.Lock()
			under++
			most = max(most, under)
			a.mu.Unlock()
			time.Sleep(1500 * time.Millisecond)
			a.mu.Lock()
			under--
			a.mu.Unlock()
			return engine.Handover{Parts: 1}, nil
		}
		c, _ := chained(t, Settings{Patience: 2 * time.Second}, []Link[engine.Text]{{AtOnce: 3}}, a, b)
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if _, err := c.Text(t.Context(), text(t, spain)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most != 3 || a.asked != 6 || b.asked != 4 {
			t.Errorf("%d at once; asked %d and %d times", most, a.asked, b.asked)
		}
		if c.Status()[0].NotTaken[Busy] != 0 {
			t.Error("a gateway was blamed for our own limit")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		a, b := says(""), says("")
		c, _ := chained(t, Settings{Patience: 1500 * time.Millisecond}, []Link[engine.Text]{{AtOnce: 100, PerSecond: 5}}, a, b)
		began := time.Now()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := c.Text(t.Context(), text(t, spain)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); a.asked != 5+7 || b.asked != 8 || took != 1500*time.Millisecond {
			t.Errorf("asked %d and %d times within %s", a.asked, b.asked, took)
		}
	})
}

// Whoever waits for a turn and goes away gets none, and takes none from others.
func TestNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := says("")
		c, _ := chained(t, Settings{Patience: time.Hour}, []Link[engine.Text]{{PerSecond: 1}}, a)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		for i, want := range []error{nil, context.DeadlineExceeded} {
			if _, err := c.Text(ctx, text(t, spain)); !errors.Is(err, want) || a.asked != 1 {
				t.Errorf("%d: %v, asked %d times", i, err, a.asked)
			}
		}
		if n := c.Status()[0].Underway; n != 0 {
			t.Errorf("%d under way", n)
		}
	})
}
