package mailgate

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"twohens/internal/engine"
	"twohens/internal/relay"
	"twohens/internal/smtpmail"
)

// known are the fields that a template of a mail service may have.
var known = []string{"To", "From", "FromName", "Subject", "Text", "HTML", "ID", "MessageID", "Locale", "Return", "Raw", "Secret", "Receipt"}

// poster posts mails to one service.
type poster struct {
	*relay.Poster
	settings *Settings
	writer   *smtpmail.Sender // writes whole mails down
	raw      bool             // the service takes whole mails
}

func (c *Chain) poster(service *Service, s *Settings, writer *smtpmail.Sender) (*poster, error) {
	var address func() (string, error)
	if service.Receipts != nil {
		base := strings.TrimRight(s.ReceiptURL, "/")
		if u, err := url.Parse(base); err != nil || u.Host == "" {
			return nil, errors.New("receipts: need the public address that they come to")
		}
		reader, err := relay.NewReader(*service.Receipts, base+"/"+service.Name)
		if err != nil {
			return nil, err
		}
		c.receiver.Readers[service.Name], address = reader, reader.Address
	}
	post, err := relay.NewPoster(*service.HTTP, known, service.AtOnce, address, s.Chain.Now)
	if err != nil {
		return nil, err
	}
	p := &poster{Poster: post, settings: s, writer: writer}
	for _, text := range service.HTTP.Templates() {
		p.raw = p.raw || strings.Contains(text, ".Raw")
	}
	return p, nil
}

// send posts one mail.
func (p *poster) send(ctx context.Context, m engine.Mail, last func() error) (engine.Handover, error) {
	if err := smtpmail.Fit(m); err != nil {
		return engine.Handover{}, &relay.Failure{Class: relay.Declined, Said: "the mail cannot be written", Err: err}
	}
	s := p.settings
	envelope := s.Envelope
	if envelope.IsZero() {
		envelope = s.From
	}
	fields := relay.Fields{
		To: m.To.Address(), From: s.From.Address(), FromName: s.FromName, Subject: m.Subject, Text: m.Text, HTML: m.HTML,
		ID: m.ID, MessageID: m.ID + "@" + s.From.Domain(), Locale: m.Locale, Return: envelope.Address(),
	}
	if s.Return != nil {
		fields.Return = s.Return(m.ID)
	}
	if p.raw {
		var err error
		if fields.Raw, err = p.writer.Raw(m); err != nil {
			return engine.Handover{}, &relay.Failure{Class: relay.Declined, Said: "the mail cannot be written", Err: err}
		}
	}
	ref, err := p.Post(ctx, fields, []string{m.To.Address(), m.To.Local(), m.Text}, last)
	if err != nil {
		return engine.Handover{}, err
	}
	return engine.Handover{Ref: ref, Parts: 1}, nil
}
