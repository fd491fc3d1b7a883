package password

import (
	"bufio"
	"context"
	"crypto/sha1" // the service's choice; it protects nothing here
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"twohens/internal/loopback"
)

// Range asks a service of the shape of Have I Been Pwned's range API: it sends the
// first 5 hex digits of the password's SHA-1, gets the rest of all known ones that
// begin so, and looks among them itself. The service learns neither the password
// nor its hash. It asks for padding, so that the size of the answer tells nobody on
// the line which prefix was asked for.
type Range struct {
	base    *url.URL
	timeout time.Duration
	client  *http.Client
}

// DefaultBreachTimeout is how long a [Range] waits for a whole answer.
const DefaultBreachTimeout = 1500 * time.Millisecond

const (
	maxRange  = 1 << 20 // bytes; a padded answer has about 50 KB
	userAgent = "twohens"
)

// NewRange returns a Range that asks base + "/" + prefix. The base must be https;
// plain http is for a service on this very machine. A timeout of 0 means
// [DefaultBreachTimeout].
func NewRange(base string, timeout time.Duration) (*Range, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("password: address of the breach service: %w", err)
	}
	switch {
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("password: address of the breach service: want https://host/path")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback.Is(u.Hostname())):
		return nil, errors.New("password: address of the breach service: must be https")
	}
	if timeout <= 0 {
		timeout = DefaultBreachTimeout
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = 16 << 10
	return &Range{base: u, timeout: timeout, client: &http.Client{
		Transport: transport,
		// A redirect could lead to plain http, or to somebody whom nobody chose.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close drops the connections kept for the next question.
func (r *Range) Close() { r.client.CloseIdleConnections() }

// Breached implements [Breach]. Its errors name neither the prefix nor the address
// that holds it.
func (r *Range) Breached(ctx context.Context, p Password) (bool, error) {
	sum := sha1.Sum([]byte(p.Reveal()))
	digest := strings.ToUpper(hex.EncodeToString(sum[:]))
	prefix, suffix := digest[:5], digest[5:]

	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	question, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base.JoinPath(prefix).String(), nil)
	if err != nil {
		return false, fmt.Errorf("asking the breach service: %w", withoutURL(err))
	}
	question.Header.Set("User-Agent", userAgent)
	question.Header.Set("Add-Padding", "true")
	answer, err := r.client.Do(question)
	if err != nil {
		return false, fmt.Errorf("asking the breach service: %w", withoutURL(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return false, fmt.Errorf("asking the breach service: it answered with status %d", answer.StatusCode)
	}
	known, err := findSuffix(answer.Body, suffix)
	if err != nil {
		return false, fmt.Errorf("reading the breach service's answer: %w", err)
	}
	return known, nil
}

var (
	errRangeLine = errors.New("a line is not a hash and a count")
	errRangeSize = errors.New("it is too long")
)

// findSuffix looks for suffix, 35 hex digits in upper case, among the lines
// "SUFFIX:COUNT". A count of 0 is padding. A line of any other shape makes the
// answer worthless, since it is then not from such a service.
func findSuffix(answer io.Reader, suffix string) (bool, error) {
	limited := &io.LimitedReader{R: answer, N: maxRange}
	known := false
	lines := bufio.NewScanner(limited)
	for lines.Scan() {
		hash, times, found := strings.Cut(strings.TrimSpace(lines.Text()), ":")
		if !found || len(hash) != len(suffix) || strings.Trim(hash, "0123456789ABCDEFabcdef") != "" {
			return false, errRangeLine
		}
		count, err := strconv.ParseUint(times, 10, 64)
		if err != nil {
			return false, errRangeLine
		}
		if count > 0 && strings.EqualFold(hash, suffix) {
			known = true
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return false, errRangeLine
	}
	if err := lines.Err(); err != nil {
		return false, err
	}
	if limited.N == 0 {
		return false, errRangeSize
	}
	return known, nil
}

// withoutURL takes the address out of an error of net/http: it ends in the prefix
// of the password's hash, 20 bits that have no business in a log.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
