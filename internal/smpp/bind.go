package smpp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
)

// version is what we say we speak (5.2.4): 3.4.
const version = 0x34

// errPassword says that the password cannot be had, or cannot be sent. It is never joined with the password.
var errPassword = errors.New("smpp: no usable password")

// longestPassword is in octets. The standard has eight (4.1.1); many centres give longer ones.
const longestPassword = 64

// connect dials the centre and binds. What the error says of our name or password is a [*Status].
func connect(ctx context.Context, s *Settings, log *slog.Logger, as command) (*link, error) {
	password, err := s.Password()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errPassword, err)
	case len(password) > longestPassword || strings.Contains(password, "\x00"):
		return nil, fmt.Errorf("%w: longer than %d octets, or with a zero in it", errPassword, longestPassword)
	}
	conn, err := dial(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("smpp: connecting: %w", err)
	}
	l := newLink(s, log, conn)
	p, err := l.ask(ctx, as, bindBody(s, password))
	switch {
	case err != nil:
		// A bind that nobody answered harms nobody: it is not a message of which one could not know whether it went out.
		err = fmt.Errorf("smpp: not bound: %v", err)
	case p.status != statusOK:
		err = &Status{Code: p.status, Command: as.String()}
	case p.command == genericNack:
		err = &Status{Code: statusUnknown, Command: as.String()}
	default:
		return l, nil
	}
	l.end(err)
	l.all.Wait()
	return nil, err
}

// dial opens the connection, protected unless the settings have it otherwise.
func dial(ctx context.Context, s *Settings) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Dial)
	defer cancel()
	dialer := net.Dialer{KeepAlive: 15 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil || !s.TLS {
		return conn, err
	}
	secured := tls.Client(conn, &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12})
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secured, nil
}

// bindBody is who we are (4.1.1; the same for all three ways to bind).
func bindBody(s *Settings, password string) []byte {
	b := appendString(nil, s.SystemID)
	b = appendString(b, password)
	b = appendString(b, s.SystemType)
	b = append(b, version, 0, 0) // addr_ton, addr_npi: unknown
	return appendString(b, s.AddressRange)
}
