package message

import "twohens/internal/engine"

// alarmPauses is how many paused ranges a letter lists, the newest. An attack on hundreds must not make a mail that nobody can read.
const alarmPauses = 20

// AlarmFacts are what the operator is told when codes sent by text have stopped being entered.
type AlarmFacts struct {
	Lang   string
	Pauses []engine.Pause // the newest first
}

// Listed are the pauses that the letter shows.
func (f AlarmFacts) Listed() []engine.Pause { return f.Pauses[:min(alarmPauses, len(f.Pauses))] }

// Unlisted is how many there are beside them.
func (f AlarmFacts) Unlisted() int { return len(f.Pauses) - len(f.Listed()) }

// Alarm writes the letter to the operator. It names blocks of ten thousand numbers and countries, never a number.
func (c *Composer) Alarm(f AlarmFacts) (Letter, error) {
	return c.write(f.Lang, "alarm", "mail.alarm.subject", c.catalogue(f.Lang).T("mail.alarm.peek"), f)
}
