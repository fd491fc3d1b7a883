package page

// StopState is what the page behind a notice's link has to say.
type StopState int

// The states of Stop.
const (
	StopDead StopState = iota // nothing to stop: unknown, stopped already, or its time is over
	StopAsks                  // the button would stop it
	StopDone                  // it is stopped
	StopLate                  // the new password is set; the button would shut the ways by heart for a day
	StopShut                  // the same, and they are shut
)

// stopTitles are the keys of the headings.
var stopTitles = map[StopState]string{
	StopDead: "stop.dead.title", StopAsks: "stop.title", StopDone: "stop.done.title", StopLate: "stop.late.title",
	StopShut: "stop.late.title",
}

// Title names the heading.
func (m Stop) Title() string { return stopTitles[m.State] }

// Asks, Done, Late and Shut are for the template.
func (m Stop) Asks() bool { return m.State == StopAsks }
func (m Stop) Done() bool { return m.State == StopDone }
func (m Stop) Late() bool { return m.State == StopLate || m.State == StopShut }
func (m Stop) Shut() bool { return m.State == StopShut }
