package page

import (
	"twohens/internal/question"
	"twohens/internal/recovery"
)

// Over says that nothing that is typed is looked at any more in this request.
func (m Questions) Over() bool { return m.View.TriesOver() }

// Fault names the text of what is wrong with the answers; empty if nothing is. It is one verdict for all of them. As on the code
// page, the word in the address is believed only where the View agrees.
func (m Questions) Fault() string {
	switch {
	case m.Over():
		return ""
	case m.Said == recovery.Missed && m.View.TriesUsed > 0:
		if m.Count() == 2 {
			return "questions.missed_both"
		}
		return "questions.missed"
	case m.Said == recovery.Empty:
		return "questions.empty"
	}
	return ""
}

// Asked are the keys of the questions, in their order.
func (m Questions) Asked() []string {
	keys := make([]string, len(m.View.Questions))
	for i, id := range m.View.Questions {
		keys[i] = question.ID(id).Key()
	}
	return keys
}

// Count is how many questions there are.
func (m Questions) Count() int { return len(m.View.Questions) }

// Another says that there is another way to choose.
func (m Questions) Another() bool { return len(m.View.Ways) > 1 }
