package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"twohens/internal/contact"
	"twohens/internal/engine"
	"twohens/internal/recovery"
)

// confirmationBody is what of a confirmation SQL does not look at. As in a request, its names stay when fields are renamed.
type confirmationBody struct {
	Session   []byte          `json:"session"`
	Contact   contact.Contact `json:"contact"`
	Replaces  contact.Contact `json:"replaces,omitzero"`
	Locale    string          `json:"locale,omitempty"`
	Network   string          `json:"network,omitempty"`
	Digits    int             `json:"digits"`
	Life      int64           `json:"life"` // milliseconds
	Nonce     []byte          `json:"nonce"`
	Key       string          `json:"key"`
	Opened    int64           `json:"opened"`
	Until     int64           `json:"until,omitempty"`
	Clicks    int             `json:"clicks,omitempty"`
	NextClick int64           `json:"next_click,omitempty"`
	Tries     int             `json:"tries,omitempty"`
}

const selectConfirmation = "SELECT id, account, version, expires, body FROM confirmation "

var (
	confirmationByID = both(selectConfirmation + "WHERE id = ?")
	confirmationOf   = both(selectConfirmation + "WHERE account = ?")

	beginConfirmation = both(`
		INSERT INTO confirmation (account, id, version, expires, body) VALUES (?, ?, 1, ?, ?)
		ON CONFLICT (account) DO UPDATE SET id = excluded.id, version = 1, expires = excluded.expires, body = excluded.body`)
	updateConfirmation = both(`
		UPDATE confirmation SET version = version + 1, expires = ?, body = ? WHERE account = ? AND id = ? AND version = ?`)
	endConfirmation = both("DELETE FROM confirmation WHERE account = ? AND id = ? AND version = ?")
)

func saveConfirmation(s engine.StoredConfirmation) (step, error) {
	c := s.Confirmation
	body, err := json.Marshal(confirmationBody{
		Session: c.Session[:], Contact: c.Contact, Replaces: c.Replaces, Locale: c.Locale, Network: c.Network,
		Digits: c.Digits, Life: c.Life.Milliseconds(), Nonce: c.Nonce[:], Key: c.Key, Opened: millis(c.Opened),
		Until: millis(c.Until), Clicks: c.Clicks, NextClick: millis(c.NextClick), Tries: c.Tries,
	})
	if err != nil {
		return step{}, fmt.Errorf("writing a confirmation: %w", err)
	}
	if s.Version == 0 {
		return do(beginConfirmation, c.Account, string(c.ID), millis(c.Expires), string(body)), nil
	}
	return must(engine.ErrChanged, updateConfirmation, millis(c.Expires), string(body), c.Account, string(c.ID), s.Version), nil
}

func settleConfirmation(s engine.StoredConfirmation) step {
	return must(engine.ErrChanged, endConfirmation, s.Confirmation.Account, string(s.Confirmation.ID), s.Version)
}

// Confirmation implements engine.Confirmations.
func (s *Store) Confirmation(ctx context.Context, account string) (engine.StoredConfirmation, error) {
	return s.confirmation(ctx, confirmationOf, account)
}

// ConfirmationByID implements engine.Confirmations.
func (s *Store) ConfirmationByID(ctx context.Context, id recovery.ID) (engine.StoredConfirmation, error) {
	return s.confirmation(ctx, confirmationByID, string(id))
}

func (s *Store) confirmation(ctx context.Context, by *statement, arg string) (engine.StoredConfirmation, error) {
	var stored engine.StoredConfirmation
	found, err := s.one(ctx, by, func(r row) (err error) {
		stored, err = scanConfirmation(r)
		return err
	}, text(arg))
	if err != nil {
		return engine.StoredConfirmation{}, fmt.Errorf("loading a confirmation: %w", err)
	}
	if !found {
		return engine.StoredConfirmation{}, engine.ErrNoConfirmation
	}
	return stored, nil
}

func scanConfirmation(r row) (engine.StoredConfirmation, error) {
	var (
		stored   engine.StoredConfirmation
		id, text string
		expires  int64
		b        confirmationBody
	)
	c := &stored.Confirmation
	if err := r.Scan(&id, &c.Account, &stored.Version, &expires, &text); err != nil {
		return stored, err
	}
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return stored, fmt.Errorf("reading a confirmation: %w", err)
	}
	c.ID, c.Expires, c.Session, c.Contact, c.Replaces = recovery.ID(id), moment(expires), digest(b.Session), b.Contact, b.Replaces
	c.Locale, c.Network, c.Digits, c.Life = b.Locale, b.Network, b.Digits, time.Duration(b.Life)*time.Millisecond
	c.Key, c.Opened, c.Until = b.Key, moment(b.Opened), moment(b.Until)
	c.Clicks, c.NextClick, c.Tries = b.Clicks, moment(b.NextClick), b.Tries
	copy(c.Nonce[:], b.Nonce)
	return stored, nil
}
