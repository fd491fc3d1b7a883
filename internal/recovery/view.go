package recovery

import "time"

// View is all that leaves the engine about a request. It is made of the clock, the clicks, the tries and what the person
// typed, and of nothing that a decoy could not show as well (invariant 5).
type View struct {
	State     State
	Reference Reference // to be read out to the help desk
	Ways      []Way     // that lead on from here; until something is proven the same for everyone
	Proven    []Way     // in this request
	Several   bool      // no way is enough by itself
	Way       Way
	Address   string // as the person typed it
	Locale    string
	Questions []string // ids of what is asked; empty until they are there, which is the same short wait for everyone
	Ready     bool     // what the chosen way is judged against is there
	Digits    int
	CodeLife  time.Duration
	Expires   time.Time // of the request, or of the right to set a password
	CodeUntil time.Time // the newest code's end; zero when none was asked for in this way
	NextClick time.Time
	Clicks    int
	TriesUsed int
	Tries     int
	Now       time.Time // the server's clock, the only one that counts
}

// View shows the request as it stands at a moment.
func (r Request) View(now time.Time) View {
	v := View{
		State: r.State, Reference: r.ID.Reference(), Ways: r.Policy.Remaining(r.Proven), Proven: r.Proven, Several: r.Policy.Several(), Way: r.Way, Ready: r.ready(), Address: r.Address.Address(), Locale: r.Locale,
		Digits: r.Policy.Digits, CodeLife: r.Policy.CodeLife, Expires: r.Expires,
		NextClick: r.NextClick, Clicks: r.Clicks, TriesUsed: r.Tries, Tries: r.Policy.Tries, Now: now,
	}
	for _, asked := range r.Asked {
		v.Questions = append(v.Questions, asked.Question)
	}
	for _, round := range r.Rounds {
		if round.Way == r.Way && round.Until.After(v.CodeUntil) {
			v.CodeUntil = round.Until
		}
	}
	if r.Over(now) && r.State != Done {
		v.State = Closed
	}
	return v
}

// CoolDown is how long clicks still count for nothing.
func (v View) CoolDown() time.Duration { return max(0, v.NextClick.Sub(v.Now)) }

// RunOut says that every code of the chosen way has run out.
func (v View) RunOut() bool { return !v.Now.Before(v.CodeUntil) }

// TriesOver says that typed codes are refused.
func (v View) TriesOver() bool { return v.TriesUsed >= v.Tries }
