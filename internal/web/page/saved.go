package page

import "twohens/internal/recovery"

// Over says that nothing that is typed is looked at any more in this request.
func (m Saved) Over() bool { return m.View.TriesOver() }

// Fault names the text of what is wrong with the code; empty if nothing is.
func (m Saved) Fault() string {
	switch {
	case m.Over():
		return ""
	case m.Said == recovery.Wrong && m.View.TriesUsed > 0:
		return "saved.wrong"
	case m.Said == recovery.Empty:
		return "code.empty"
	}
	return ""
}

// Another says that there is another way to choose.
func (m Saved) Another() bool { return len(m.View.Ways) > 1 }
