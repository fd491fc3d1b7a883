package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"

	"twohens/internal/contact"
	"twohens/internal/password"
)

// newPassword asks for a new password, twice at a terminal, and holds it against the rules that people are held to.
func (t *terminal) newPassword(ctx context.Context, rules password.Rules, email contact.Email) (password.Password, error) {
	typed, err := t.readPassword()
	if err != nil {
		return password.Password{}, err
	}
	p, err := password.New(typed)
	if err != nil {
		return p, err
	}
	verdict := rules.Check(ctx, p, password.About{Email: email})
	if verdict.BreachUnknown != nil {
		fmt.Fprintln(t.err, "twohens: the breach service did not answer; the built-in list has decided")
	}
	if verdict.OK() {
		return p, nil
	}
	reasons := make([]string, len(verdict.Reasons))
	for i, r := range verdict.Reasons {
		reasons[i] = refusal(r, verdict)
	}
	return p, errors.New("not a good password: " + strings.Join(reasons, "; "))
}

func refusal(r password.Reason, v password.Verdict) string {
	switch r {
	case password.TooShort:
		return fmt.Sprintf("it needs at least %d characters", v.MinLength)
	case password.TooLong:
		return fmt.Sprintf("it may have at most %d characters", v.MaxLength)
	case password.SiteName:
		return "it is the site's name"
	case password.OwnAddress:
		return "it is made of the account's own address"
	case password.Common:
		return "it is on the list that attackers try first"
	case password.Breached:
		return "it is known from a breach"
	}
	return string(r)
}

// maxLine bounds what is read from standard input. A longer password is too long anyway.
const maxLine = 8 << 10

// readPassword reads a password from the terminal without showing it, twice; or the first line of whatever else standard
// input is.
func (t *terminal) readPassword() (string, error) {
	fd := int(t.in.Fd())
	if !term.IsTerminal(fd) {
		line, err := bufio.NewReader(io.LimitReader(t.in, maxLine)).ReadString('\n')
		if err != nil && err != io.EOF {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			return "", errors.New("no password on standard input")
		}
		return line, nil
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(t.err, prompt)
		defer fmt.Fprintln(t.err)
		typed, err := term.ReadPassword(fd)
		return string(typed), err
	}
	first, err := ask("New password: ")
	if err != nil {
		return "", err
	}
	second, err := ask("Once more: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two are not the same")
	}
	return first, nil
}
