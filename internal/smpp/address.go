package smpp

import "strings"

// Numbering says how a number is to be understood: its type (TON, 5.2.5) and its plan (NPI, 5.2.6).
type Numbering struct{ TON, NPI byte }

// The usual ones.
var (
	International = Numbering{1, 1} // of E.164, without "+"
	ShortCode     = Numbering{3, 0} // of the operator's own
	Name          = Numbering{5, 0} // letters
)

// address is a number or a name in the form in which SMPP carries it.
type address struct {
	Numbering
	digits string
}

// append writes the three fields of it.
func (a address) append(b []byte) []byte { return appendString(append(b, a.TON, a.NPI), a.digits) }

// shortest is how many digits a number has at least that is not a short code.
const shortest = 9

// sender reads who a text is from: a name of 11 characters at most (all that telephones show), a number with "+" or of nine digits
// and more, or a short code. It may be empty: the centre puts in its own. The error is [ErrSource].
func sender(typed string, fixed *Numbering) (address, error) {
	bare := strings.TrimPrefix(typed, "+")
	a := address{digits: bare}
	switch {
	case typed == "":
		return address{}, nil
	case strings.ContainsFunc(typed, unprintable):
		return address{}, ErrSource
	case strings.ContainsFunc(bare, notDigit):
		if a = (address{Name, typed}); len(typed) > 11 {
			return address{}, ErrSource
		}
	case bare == "" || len(bare) > 20:
		return address{}, ErrSource
	case bare != typed || len(bare) >= shortest:
		a.Numbering = International
	default:
		a.Numbering = ShortCode
	}
	if fixed != nil {
		a.Numbering = *fixed
	}
	return a, nil
}

// recipient reads a number of E.164, with or without "+". The error is [ErrMessage]; it does not carry the number.
func recipient(typed string, fixed *Numbering) (address, error) {
	a := address{International, strings.TrimPrefix(typed, "+")}
	if len(a.digits) < 3 || len(a.digits) > 20 || strings.ContainsFunc(a.digits, notDigit) {
		return address{}, ErrMessage
	}
	if fixed != nil {
		a.Numbering = *fixed
	}
	return a, nil
}

func notDigit(r rune) bool { return r < '0' || r > '9' }
