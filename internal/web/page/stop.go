package page

import "twohens/internal/recovery"

// StopState is what the page behind a notice's link has to say.
type StopState int

// The states of Stop.
const (
	StopDead   StopState = iota // nothing to stop: unknown, stopped already, or its time is over
	StopAsks                    // the button would stop it
	StopDone                    // it is stopped
	StopLate                    // the new password is set; the button would undo it
	StopUndone                  // it is undone
)

// stopTitles are the keys of the headings.
var stopTitles = map[StopState]string{
	StopDead: "stop.dead.title", StopAsks: "stop.title", StopDone: "stop.done.title", StopLate: "stop.late.title",
	StopUndone: "stop.undone.title",
}

// Title names the heading.
func (m Stop) Title() string { return stopTitles[m.State] }

// Asks, Done, Late and Undone are for the template.
func (m Stop) Asks() bool   { return m.State == StopAsks }
func (m Stop) Done() bool   { return m.State == StopDone }
func (m Stop) Late() bool   { return m.State == StopLate }
func (m Stop) Undone() bool { return m.State == StopUndone }

// Shut names what is shut for a day, a line for each. The ways by heart share one.
func (m Stop) Shut() []string {
	var lines []string
	heart := false
	for _, way := range m.Ways {
		switch way {
		case recovery.WayEmail:
			lines = append(lines, "stop.shut.email")
		case recovery.WayPhone:
			lines = append(lines, "stop.shut.phone")
		default:
			heart = true
		}
	}
	if heart {
		lines = append(lines, "stop.shut.heart")
	}
	return lines
}
