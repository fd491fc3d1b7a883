package recovery

import "fmt"

// Way is how a person proves who they are.
type Way uint8

// The three ways of the walk, and the codes on paper that a site may offer beneath them. None means that nothing was
// chosen yet.
const (
	WayNone Way = iota
	WayEmail
	WayPhone
	WayQuestions
	WaySaved
)

var wayNames = [...]string{"", "email", "phone", "questions", "saved"}

// String is the way's name in forms, the API, records and the database.
func (w Way) String() string {
	if int(w) < len(wayNames) {
		return wayNames[w]
	}
	return fmt.Sprintf("way(%d)", uint8(w))
}

// ParseWay reads a way's name; the empty name is no way.
func ParseWay(name string) (Way, error) {
	for w, n := range wayNames {
		if n == name && w != int(WayNone) {
			return Way(w), nil
		}
	}
	return WayNone, fmt.Errorf("no way is called %q", name)
}

// ByCode says that the way proves by a code sent to a contact.
func (w Way) ByCode() bool { return w == WayEmail || w == WayPhone }

// ByHeart says that the way proves by what the person knows or has written down, which is judged against digests that the worker
// copied in.
func (w Way) ByHeart() bool { return w == WayQuestions || w == WaySaved }

// MarshalText writes the name.
func (w Way) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads the name, or nothing.
func (w *Way) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*w = WayNone
		return nil
	}
	way, err := ParseWay(string(text))
	*w = way
	return err
}
