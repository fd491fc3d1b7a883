package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
)

// requestBody is what of a request SQL does not look at. Its names are those in the database: they stay when fields are renamed.
type requestBody struct {
	Policy    policyBody     `json:"policy"`
	Opened    int64          `json:"opened"`
	Address   contact.Email  `json:"address"`
	Locale    string         `json:"locale,omitempty"`
	Network   string         `json:"network,omitempty"`
	Nonce     []byte         `json:"nonce"`
	Key       string         `json:"key"`
	Found     bool           `json:"found,omitempty"`
	Contact   contact.Email  `json:"contact"`
	Phone     string         `json:"phone"`
	Speaks    string         `json:"speaks"`
	Epoch     int64          `json:"epoch,omitempty"`
	Known     []byte         `json:"known,omitempty"`
	Asked     []askedBody    `json:"asked,omitzero"` // as saved, none at all differs from one that is empty
	Saved     []string       `json:"saved,omitzero"`
	Asking    []recovery.Way `json:"asking,omitempty"`
	Proven    []recovery.Way `json:"proven,omitempty"`
	Way       recovery.Way   `json:"way,omitempty"`
	Rounds    []roundBody    `json:"rounds,omitempty"`
	Clicks    int            `json:"clicks,omitempty"`
	NextClick int64          `json:"next_click,omitempty"`
	Tries     int            `json:"tries,omitempty"`
	Proof     recovery.Proof `json:"proof,omitempty"`
	Proved    int64          `json:"proved,omitempty"`
}

// roundBody is a round in the body of its request.
type roundBody struct {
	Way    recovery.Way `json:"way"`
	Number int          `json:"number"`
	First  int64        `json:"first"`
	Until  int64        `json:"until"`
}

// askedBody is a question in the body of a request.
type askedBody struct {
	Question string `json:"question"`
	Digest   string `json:"digest"`
}

// What a decoy lacks is written in one width, whether it is there or not. A longer row takes longer to read and to write, by some
// microseconds, and whoever sends wrong codes or answers times both.
const (
	phoneWidth  = 16 // of a number in E.164
	speaksWidth = 7  // of the longest name of a language that there are texts in
)

// body writes the part of a request that has no columns.
func body(r recovery.Request) (string, error) {
	b := requestBody{
		Policy: policyBody(r.Policy), Opened: millis(r.Opened), Address: r.Address, Locale: r.Locale, Network: r.Network,
		Nonce: r.Nonce[:], Key: r.Key, Found: r.Found, Contact: r.Contact, Saved: r.Saved,
		Phone: fmt.Sprintf("%-*s", phoneWidth, r.Phone.Number()), Speaks: fmt.Sprintf("%-*s", speaksWidth, r.Speaks), Epoch: r.Epoch,
		Asking: r.Asking, Proven: r.Proven, Way: r.Way, Clicks: r.Clicks, NextClick: millis(r.NextClick), Tries: r.Tries, Proof: r.Proof, Proved: millis(r.Proved),
	}
	if !r.Known.IsZero() {
		b.Known = r.Known[:]
	}
	for _, round := range r.Rounds {
		b.Rounds = append(b.Rounds, roundBody{round.Way, round.Number, millis(round.First), millis(round.Until)})
	}
	if r.Asked != nil {
		b.Asked = []askedBody{}
	}
	for _, asked := range r.Asked {
		b.Asked = append(b.Asked, askedBody(asked))
	}
	out, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("writing a request: %w", err)
	}
	return string(out), nil
}

// fill reads what body wrote.
func fill(r *recovery.Request, text string) error {
	var b requestBody
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return fmt.Errorf("reading a request: %w", err)
	}
	r.Policy, r.Opened, r.Address, r.Locale, r.Network = recovery.Policy(b.Policy), moment(b.Opened), b.Address, b.Locale, b.Network
	r.Key, r.Found, r.Contact, r.Way, r.Clicks = b.Key, b.Found, b.Contact, b.Way, b.Clicks
	r.NextClick, r.Tries, r.Proof, r.Proved = moment(b.NextClick), b.Tries, b.Proof, moment(b.Proved)
	r.Speaks, r.Saved, r.Asking, r.Proven = strings.TrimRight(b.Speaks, " "), b.Saved, b.Asking, b.Proven
	r.Epoch, r.Known = b.Epoch, digest(b.Known)
	if err := r.Phone.UnmarshalText([]byte(strings.TrimRight(b.Phone, " "))); err != nil {
		return fmt.Errorf("reading a request: the number: %w", err)
	}
	copy(r.Nonce[:], b.Nonce)
	if b.Asked != nil {
		r.Asked = []recovery.Asked{}
	}
	for _, asked := range b.Asked {
		r.Asked = append(r.Asked, recovery.Asked(asked))
	}
	for _, round := range b.Rounds {
		r.Rounds = append(r.Rounds, recovery.Round{
			Way: round.Way, Number: round.Number, First: moment(round.First), Until: moment(round.Until),
		})
	}
	return nil
}

const selectRequest = `
	SELECT request.id, request.version, request.state, request.account, request.genuine, request.holder, request.link,
		request.granted, request.stop, request.expires, request.body, COALESCE(tally.version, 0), COALESCE(tally.since, 0),
		COALESCE(tally.in_day, 0), COALESCE(tally.in_row, 0), COALESCE(tally.answers, 0), COALESCE(tally.frozen, 0),
		COALESCE(tally.frozen_email, 0), COALESCE(tally.frozen_phone, 0)
	FROM request LEFT JOIN tally ON tally.account = request.account `

const (
	isOpen    = `request.expires > ? AND request.state IN ('choosing', 'proving', 'resetting')`
	whereOpen = `WHERE request.account = ? AND request.account <> '' AND ` + isOpen + ` ORDER BY request.id`
)

var (
	requestByID     = both(selectRequest + "WHERE request.id = ?")
	requestByHolder = both(selectRequest + "WHERE request.holder = ?")
	requestByLink   = both(selectRequest + "WHERE request.link = ?")
	requestByGrant  = both(selectRequest + "WHERE request.granted = ?")
	requestByStop   = both(selectRequest + "WHERE request.stop = ?")

	// The rows are locked in the order of their ids, so that two requests of one account, each retiring the other, wait for
	// each other in turn rather than for ever. That is also why the one to be spared is among them. That the account is not empty
	// is said for the sake of the index, which leaves out the requests that have none.
	openRequests = each(selectRequest+whereOpen, selectRequest+whereOpen+" FOR UPDATE OF request")

	// They are locked once more before they are looked at. Who presses a link adds a request for its proof and changes the one that the
	// link was of: a statement that waited for that would still not see what was added while it waited.
	lockRequests = onlyPostgres("SELECT 1 FROM request " + whereOpen + " FOR UPDATE")

	insertRequest = both(`
		INSERT INTO request (id, version, state, account, genuine, holder, link, granted, stop, expires, reference, body)
		VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)

	updateRequest = both(`
		UPDATE request SET version = version + 1, state = ?, account = ?, genuine = ?, link = ?, granted = ?, stop = ?, expires = ?,
			body = ?
		WHERE id = ? AND version = ?`)

	// Requests whose account nobody has looked for yet are not among the open ones of an account that gets a new password. So
	// the account is copied into a request only as it is now: with a new password, or after any other change, it is looked at
	// again. On PostgreSQL it is locked for that: whichever of the two comes second sees what the first has done.
	joinRequest = both(`
		UPDATE request SET version = version + 1, state = ?, account = ?, genuine = ?, link = ?, granted = ?, stop = ?, expires = ?,
			body = ?
		WHERE id = ? AND version = ? AND ? IN (0, (SELECT account.version FROM account WHERE account.id = ?))`)

	insertTally = both(`
		INSERT INTO tally (account, version, since, in_day, in_row, answers, frozen, frozen_email, frozen_phone) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account) DO NOTHING`)

	updateTally = both(`
		UPDATE tally SET version = version + 1, since = ?, in_day = ?, in_row = ?, answers = ?, frozen = ?, frozen_email = ?, frozen_phone = ?
		WHERE account = ? AND version = ?`)

	endRow = both(`UPDATE tally SET version = version + 1, in_row = 0 WHERE account = ? AND in_row > 0`)
)

// Request implements engine.Store: the request and the tally of its account in one statement.
func (s *Store) Request(ctx context.Context, by engine.Key) (engine.Stored, error) {
	var st *statement
	var arg any
	switch {
	case by.ID != "":
		st, arg = requestByID, text(string(by.ID))
	case !by.Holder.IsZero():
		st, arg = requestByHolder, by.Holder[:]
	case !by.Link.IsZero():
		st, arg = requestByLink, by.Link[:]
	case !by.Grant.IsZero():
		st, arg = requestByGrant, by.Grant[:]
	case !by.Stop.IsZero():
		st, arg = requestByStop, by.Stop[:]
	default: // a cookie that did not come must find nothing
		return engine.Stored{}, engine.ErrNoRequest
	}
	var stored engine.Stored
	found, err := s.one(ctx, st, func(r row) (err error) {
		stored, err = scanRequest(r)
		return err
	}, arg)
	if err != nil {
		return engine.Stored{}, fmt.Errorf("loading a request: %w", err)
	}
	if !found {
		return engine.Stored{}, engine.ErrNoRequest
	}
	return stored, nil
}

func scanRequest(r row) (engine.Stored, error) {
	var (
		stored                      engine.Stored
		id, state, account, text    string
		holder, link, granted, stop []byte
		expires, since              int64
		frozen, email, phone        int64
	)
	q, t := &stored.Request, &stored.Tally
	err := r.Scan(&id, &stored.Version, &state, &account, &q.Real, &holder, &link, &granted, &stop, &expires, &text,
		&stored.TallyVersion, &since, &t.Day, &t.Row, &t.Answers, &frozen, &email, &phone)
	if err != nil {
		return engine.Stored{}, err
	}
	q.ID, q.State, q.Account, q.Expires = recovery.ID(id), recovery.State(state), account, moment(expires)
	q.Holder, q.Link, q.Grant, q.Stop = digest(holder), digest(link), digest(granted), digest(stop)
	t.Since, t.Frozen, t.FrozenEmail, t.FrozenPhone = moment(since), moment(frozen), moment(email), moment(phone)
	return stored, fill(q, text)
}

func createRequest(r recovery.Request) (step, error) {
	text, err := body(r)
	return do(insertRequest, string(r.ID), string(r.State), r.Account, r.Real, r.Holder[:], bytes(r.Link), bytes(r.Grant),
		bytes(r.Stop), millis(r.Expires), string(r.ID.Reference()), text), err
}

// saveRequest writes all but the id and the holder, which never change.
func saveRequest(r recovery.Request, version int64) (step, error) {
	text, err := body(r)
	return must(engine.ErrChanged, updateRequest, string(r.State), r.Account, r.Real, bytes(r.Link), bytes(r.Grant),
		bytes(r.Stop), millis(r.Expires), text, string(r.ID), version), err
}

// join writes a request that its account was copied into, if the account is still at the version that was looked at; 0: at any.
func join(r recovery.Request, version, account int64) (step, error) {
	text, err := body(r)
	return must(engine.ErrChanged, joinRequest, string(r.State), r.Account, r.Real, bytes(r.Link), bytes(r.Grant),
		bytes(r.Stop), millis(r.Expires), text, string(r.ID), version, account, r.Account), err
}

func saveTally(s engine.Stored) (step, error) {
	t, account := s.Tally, s.Request.Account
	if account == "" {
		return step{}, fmt.Errorf("a tally belongs to an account, and request %s has none yet", s.Request.ID)
	}
	if s.TallyVersion == 0 {
		return must(engine.ErrChanged, insertTally, account, millis(t.Since), t.Day, t.Row, t.Answers,
			millis(t.Frozen), millis(t.FrozenEmail), millis(t.FrozenPhone)), nil
	}
	return must(engine.ErrChanged, updateTally, millis(t.Since), t.Day, t.Row, t.Answers,
		millis(t.Frozen), millis(t.FrozenEmail), millis(t.FrozenPhone), account, s.TallyVersion), nil
}

// retire makes the steps that end a loaded request because its account set a password by another one, or stopped one.
func retire(open engine.Stored, by engine.Retirement) ([]step, error) {
	if open.Request.ID == by.Except || by.ByHeart && !open.Request.ByHeart() {
		return nil, nil
	}
	next := open.Request.Next(recovery.Retire{}, by.At)
	if next.Outcome != recovery.Noted {
		return nil, nil
	}
	st, err := saveRequest(next.Request, open.Version)
	return []step{st}, err
}
