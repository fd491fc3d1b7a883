package smsgate

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"

	"twohens/internal/engine"
	"twohens/internal/relay"
)

// File is no gateway but a file that texts are written to, each as a line of JSON: for trying things out. The codes in them are in
// the clear, so the file is readable by its owner alone.
type File struct {
	Path string
}

type fileGateway struct {
	from string
	now  func() time.Time

	mu   sync.Mutex
	file *os.File
}

func newFile(s File, from string, now func() time.Time) (*fileGateway, error) {
	if s.Path == "" {
		return nil, errors.New("path: needs a file")
	}
	f, err := os.OpenFile(s.Path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Chmod(0o600); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &fileGateway{from: from, now: now, file: f}, nil
}

// line is a text as it is written.
type line struct {
	At       time.Time  `json:"at"`
	ID       string     `json:"id"`
	From     string     `json:"from,omitempty"`
	To       string     `json:"to"`
	Locale   string     `json:"locale,omitempty"`
	Text     string     `json:"text"`
	Parts    int        `json:"parts"`
	NotAfter *time.Time `json:"not_after,omitempty"`
}

// Text appends one line. A line is written whole or not at all, as far as the disk keeps its word.
func (g *fileGateway) Text(ctx context.Context, t engine.Text) (engine.Handover, error) {
	if err := ctx.Err(); err != nil {
		return engine.Handover{}, &relay.Failure{Class: relay.Down, Said: "broken off", Err: context.Cause(ctx)}
	}
	if !fit(t) {
		return engine.Handover{}, &relay.Failure{Class: relay.Declined, Said: "a text without a number, words or a fit id"}
	}
	l := line{At: g.now().UTC(), ID: t.ID, From: g.from, To: t.To.Number(), Locale: t.Locale, Text: t.Body, Parts: parts(t.Body)}
	if !t.NotAfter.IsZero() {
		end := t.NotAfter.UTC()
		l.NotAfter = &end
	}
	b, err := json.Marshal(l)
	if err != nil {
		return engine.Handover{}, &relay.Failure{Class: relay.Declined, Said: "the text cannot be written as JSON"}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.Last != nil {
		if err := t.Last(); err != nil {
			return engine.Handover{}, err
		}
	}
	if _, err := g.file.Write(append(b, '\n')); err != nil {
		return engine.Handover{}, &relay.Failure{Class: relay.Down, Said: relay.Clean(err.Error(), private(t)...), Err: err}
	}
	return engine.Handover{Ref: t.ID, Parts: l.Parts}, nil
}

// Close closes the file.
func (g *fileGateway) Close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.file.Close()
}
