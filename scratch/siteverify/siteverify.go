// Package siteverify asks a challenge server whether what a form brought is good: whether a person passed the challenge on this
// site's page, just now, and the answer was not used before. It is for the back ends of sites and needs nothing else.
//
//	client := siteverify.Client{URL: "https://accounts.example/scratch/siteverify", Secret: secret, Action: "sign-up", Hostnames: []string{"shop.example"}}
//	switch result, err := client.Verify(r.Context(), r.PostFormValue("scratch-response")); {
//	case err != nil:         // the server cannot be asked: say so, and let nobody in
//	case !result.Success:    // show the form again; result.Errors says why
//	}
package siteverify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Error codes of a Result. The last two are this client's own.
const (
	MissingSecret   = "missing-input-secret"
	InvalidSecret   = "invalid-input-secret"
	MissingResponse = "missing-input-response"
	InvalidResponse = "invalid-input-response"
	BadRequest      = "bad-request"
	TimeoutOrUsed   = "timeout-or-duplicate"
	InternalError   = "internal-error"
	WrongAction     = "wrong-action"
	WrongHostname   = "wrong-hostname"
)

// Client asks one server for one site. The zero HTTPClient is one with a time limit of 10 seconds. A Client may be used by many
// goroutines at once.
type Client struct {
	URL        string // of siteverify
	Secret     string // of the site; it goes to URL and nowhere else
	HTTPClient *http.Client

	// What the response must have been given for. A response of the site's other forms is good too where Action is empty, and
	// one from any of its pages where Hostnames is.
	Action    string
	Hostnames []string
}

// Result is what the server said. Success is true only when everything that the Client expects was so.
type Result struct {
	Success  bool
	At       time.Time // when the challenge was passed, to the second
	Hostname string    // of the page
	Action   string
	Errors   []string // codes; empty with Success
}

// Has tells whether a code is among the errors.
func (r Result) Has(code string) bool { return slices.Contains(r.Errors, code) }

// maxAnswer is the most bytes read of an answer.
const maxAnswer = 64 << 10

var usual = &http.Client{
	Timeout: 10 * time.Second,
	// The secret is for the address that was configured, not for one that an answer names.
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Verify asks about a response, which is used up by it. An error means that nothing is known, because the server could not be
// asked or failed: then nobody is to be let in, and the same response may be asked about again.
func (c *Client) Verify(ctx context.Context, response string) (Result, error) {
	if response == "" { // the commonest case of all is not worth a request
		return Result{Errors: []string{MissingResponse}}, nil
	}
	form := url.Values{"secret": {c.Secret}, "response": {response}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return Result{}, fmt.Errorf("siteverify: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	client := c.HTTPClient
	if client == nil {
		client = usual
	}
	answer, err := client.Do(req)
	if err != nil {
		return Result{}, fmt.Errorf("siteverify: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return Result{}, fmt.Errorf("siteverify: the server answers %s", answer.Status)
	}
	r, err := read(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return Result{}, fmt.Errorf("siteverify: the server's answer: %w", err)
	}
	return c.check(r), nil
}

func read(body io.Reader) (Result, error) {
	var said struct {
		Success  *bool     `json:"success"`
		At       time.Time `json:"challenge_ts"`
		Hostname string    `json:"hostname"`
		Action   string    `json:"action"`
		Errors   []string  `json:"error-codes"`
	}
	if err := json.NewDecoder(body).Decode(&said); err != nil {
		return Result{}, err
	}
	if said.Success == nil { // another kind of server, or a page of a proxy
		return Result{}, errors.New("it says nothing of success")
	}
	return Result{*said.Success && len(said.Errors) == 0, said.At, said.Hostname, said.Action, said.Errors}, nil
}

// check holds a success against what is expected.
func (c *Client) check(r Result) Result {
	if !r.Success {
		return r
	}
	if c.Action != "" && r.Action != c.Action {
		r.Errors = append(r.Errors, WrongAction)
	}
	if len(c.Hostnames) > 0 && !slices.Contains(c.Hostnames, r.Hostname) {
		r.Errors = append(r.Errors, WrongHostname)
	}
	r.Success = len(r.Errors) == 0
	return r
}
