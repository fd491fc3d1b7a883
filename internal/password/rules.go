package password

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"twohens/internal/contact"
)

// Rules are what a site asks of a new password. The zero Rules are those of the
// classic profile, without a site name and without a breach service. There are no
// composition rules and no expiry, on purpose.
type Rules struct {
	MinLength int    // code points; 0 means DefaultMinLength
	MaxLength int    // code points; 0 means Cap
	SiteName  string // as shown to people; refused as a password
	Breach    Breach // nil asks nobody
}

// Bounds of R-82, from NIST SP 800-63B-4 section 3.1.1.2 and ASVS 6.2.1.
const (
	DefaultMinLength = 8  // the strict profile sets 15
	LeastMaxLength   = 64 // a site may not allow less
)

// Validate reports lengths outside the bounds of R-82.
func (r Rules) Validate() error {
	if least := r.minLength(); least < DefaultMinLength || least > LeastMaxLength {
		return fmt.Errorf("password: shortest length %d, must be %d to %d", least, DefaultMinLength, LeastMaxLength)
	}
	if most := r.maxLength(); most < LeastMaxLength || most > Cap {
		return fmt.Errorf("password: greatest length %d, must be %d to %d", most, LeastMaxLength, Cap)
	}
	return nil
}

func (r Rules) minLength() int {
	if r.MinLength == 0 {
		return DefaultMinLength
	}
	return r.MinLength
}

func (r Rules) maxLength() int {
	if r.MaxLength == 0 {
		return Cap
	}
	return r.MaxLength
}

// About is what is known of the person who sets the password.
type About struct {
	Email contact.Email // the zero value if there is none
}

// Breach tells whether a password is known from breaches. [Range] is one.
type Breach interface {
	// Breached may be called by many at once. It must not take long: the person is
	// waiting. Neither it nor its error may give away the password.
	Breached(ctx context.Context, p Password) (bool, error)
}

// Reason is why a password was refused. Pages choose their words by it.
type Reason string

// The reasons, in the order in which [Rules.Check] gives them.
const (
	TooShort   Reason = "too-short"   // Verdict.MinLength says what is needed
	TooLong    Reason = "too-long"    // Verdict.MaxLength says what is allowed
	SiteName   Reason = "site-name"   // it is the site's name
	OwnAddress Reason = "own-address" // it is the person's own address or a part of it
	Common     Reason = "common"      // it is among those that attackers try first
	Breached   Reason = "breached"    // it is known from a breach
)

// Verdict is the answer to one new password.
type Verdict struct {
	Reasons   []Reason // empty if it is good enough
	MinLength int      // code points, to word TooShort
	MaxLength int      // code points, to word TooLong

	// BreachUnknown is why the breach service gave no answer; nil if it was asked
	// and answered, or was not asked. It never refuses anything: the local list has
	// decided. The caller records it. It says nothing about the password.
	BreachUnknown error
}

// OK reports whether the password may be set.
func (v Verdict) OK() bool { return len(v.Reasons) == 0 }

// Has reports whether r is among the reasons.
func (v Verdict) Has(r Reason) bool { return slices.Contains(v.Reasons, r) }

// Check judges a new password and names all that is wrong with it.
// The breach service is asked only about one that nothing else refuses.
func (r Rules) Check(ctx context.Context, p Password, about About) Verdict {
	v := Verdict{MinLength: r.minLength(), MaxLength: r.maxLength()}
	if p.Length() < v.MinLength {
		v.Reasons = append(v.Reasons, TooShort)
	}
	if p.Length() > v.MaxLength {
		v.Reasons = append(v.Reasons, TooLong)
	}
	v.Reasons = append(v.Reasons, r.guessable(p, about)...)
	if v.OK() && r.Breach != nil {
		breached, err := r.Breach.Breached(ctx, p)
		switch {
		case errors.Is(err, context.Canceled) && ctx.Err() != nil:
			// The person went away: nothing is known about the service.
		case err != nil:
			v.BreachUnknown = err
		case breached:
			v.Reasons = append(v.Reasons, Breached)
		}
	}
	return v
}

// guessable returns the reasons that follow from what p is, not from how long it is.
func (r Rules) guessable(p Password, about About) (reasons []Reason) {
	text := p.Reveal()
	if isOneOf(text, []string{r.SiteName}) {
		reasons = append(reasons, SiteName)
	}
	if isOneOf(text, addressNames(about.Email)) {
		reasons = append(reasons, OwnAddress)
	}
	if isCommon(fold(text)) {
		reasons = append(reasons, Common)
	}
	return reasons
}

// addressNames returns what a person might make a password of an address: all of
// it, the local part, that without its "+shop", the domain, and each label of the
// domain but the last.
func addressNames(e contact.Email) []string {
	if e.IsZero() {
		return nil
	}
	_, shown, _ := strings.Cut(e.Unicode(), "@")
	base, _, _ := strings.Cut(e.Local(), "+")
	names := []string{e.Address(), e.Unicode(), e.Local(), base, e.Domain(), shown}
	labels := strings.Split(shown, ".")
	return append(names, labels[:len(labels)-1]...)
}

// isOneOf reports whether text is one of the names, whatever the case, the spaces
// and punctuation, and the digits at the ends: "Two Hens!" and "twohens1990" are
// the name "Twohens". It does not look for names inside longer passwords: refusing
// "hens hate tall gates" would push people to something worse.
func isOneOf(text string, names []string) bool {
	folded, bare := fold(text), bareName(text)
	for _, name := range names {
		name = norm.NFC.String(name)
		if name == "" {
			continue
		}
		if fold(name) == folded {
			return true
		}
		// A name of one or two letters is in too many good passwords by chance.
		if b := bareName(name); b == bare && utf8.RuneCountInString(b) > 2 {
			return true
		}
	}
	return false
}

// bareName folds s, keeps its letters, marks and digits, and drops the digits at
// both ends.
func bareName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.M, unicode.N) {
			return r
		}
		return -1
	}, fold(s))
	return strings.TrimFunc(s, unicode.IsNumber)
}
