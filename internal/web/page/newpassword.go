package page

import (
	"strings"
	"time"

	"twohens/internal/password"
)

// NewPassword is the field for a new password with what is said around it: the same on the reset page and on the account's.
type NewPassword struct {
	Min        int
	Refusal    string // key; empty: nothing is wrong
	Limit      int    // what the refusal's text counts
	Advice     *Advice
	RetryAfter time.Duration
}

// Advice is what the four eggs say. It decides nothing.
type Advice struct {
	Eggs  []bool // which of the four are filled
	Level string // key
	Hint  string // key
	Count int    // what the hint's text counts
}

// refusals are the texts for why a password was refused, by password.Reason and by what a form can get wrong.
var refusals = map[string]string{
	"empty":       "refused.empty",
	"not_text":    "refused.not_text",
	"too_short":   "refused.too_short",
	"too_long":    "refused.too_long",
	"site_name":   "refused.site_name",
	"own_address": "refused.own_address",
	"common":      "refused.common",
	"breached":    "refused.breached",
}

func newPassword(refusal string, minLength, maxLength int, advice *password.Advice) NewPassword {
	if minLength == 0 {
		minLength = password.DefaultMinLength
	}
	if maxLength == 0 {
		maxLength = password.Cap
	}
	n := NewPassword{Min: minLength, Limit: minLength, Advice: newAdvice(advice)}
	if refusal = strings.ReplaceAll(refusal, "-", "_"); refusal != "" && refusal != "busy" {
		if n.Refusal = refusals[refusal]; n.Refusal == "" {
			n.Refusal = "refused.not_text"
		}
	}
	if refusal == "too_long" {
		n.Limit = maxLength
	}
	return n
}

var levels = [...]string{"strength.not_yet", "strength.weak", "strength.fair", "strength.good", "strength.strong"}

var hints = map[password.Hint]string{
	password.HintLength:  "strength.hint.length",
	password.HintEasy:    "strength.hint.easy",
	password.HintLonger:  "strength.hint.longer",
	password.HintOneMore: "strength.hint.one_more",
	password.HintNothing: "strength.hint.nothing",
}

func newAdvice(a *password.Advice) *Advice {
	if a == nil || int(a.Level) >= len(levels) || a.Level < 0 {
		return nil
	}
	shown := &Advice{Eggs: make([]bool, 4), Level: levels[a.Level], Hint: hints[a.Hint], Count: a.MinLength}
	for i := range shown.Eggs {
		shown.Eggs[i] = i < int(a.Level)
	}
	return shown
}

// New is the field.
func (m Reset) New() NewPassword {
	return newPassword(m.Refusal, m.MinLength, m.MaxLength, m.Advice)
}

// Busy says that the password is good enough to try but too many are being set at once.
func (m Reset) Busy() bool { return m.Refusal == "busy" }

// New is the field.
func (m Password) New() NewPassword {
	return newPassword(m.Refusal, m.MinLength, m.MaxLength, m.Advice)
}

// Busy is as in Reset.
func (m Password) Busy() bool { return m.Refusal == "busy" }
