package smtpmail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"github.com/wneessen/go-mail"
)

// Signer signs mails by DKIM (R-51; RFC 6376, RFC 8463). A site has one with an RSA key, which every receiver can check, and
// may have a second one with an Ed25519 key.
type Signer struct {
	dkim   *mail.DKIMSigner
	record string
}

// Record is what must stand in the DNS under the selector, for receivers to check the signature (RFC 6376, section 3.6.1; RFC 8463).
func (s Signer) Record() string { return s.record }

// recordOf writes the public half of a key as its record.
func recordOf(key crypto.Signer) (string, error) {
	switch public := key.Public().(type) {
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public), nil
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(public)
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), err
	}
	return "", errors.New("neither RSA nor Ed25519")
}

// signed are the headers that a signature covers. Those that a reader sees are named once more than they occur, so that
// nobody can put a second one on top without breaking the signature.
//
// The list must fit one line of the signature's header: go-mail 0.8 signs the header as if it were not folded, and a fold
// inside a list, other than one between two tags, is white space that a receiver counts. For the same reason a domain
// longer than a line cannot sign.
var (
	signed     = []string{"From", "To", "Subject", "Date", "Message-ID", "Content-Type"}
	oversigned = []string{"From", "To", "Subject"}
)

// maxName is the longest domain or selector that fits one line.
const maxName = 70

// NewSigner reads a private key in PEM (PKCS #8, or PKCS #1 for RSA) from a file. The domain is that of the From address;
// the selector is the name under which its public key stands in the DNS: <selector>._domainkey.<domain>.
func NewSigner(domain, selector, keyFile string) (Signer, error) {
	if len(domain) > maxName || len(selector) > maxName {
		return Signer{}, fmt.Errorf("DKIM: domain and selector may have %d characters each", maxName)
	}
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return Signer{}, err
	}
	key, err := mail.PrivKeyFromPEM(text)
	if err != nil {
		// The library's words could quote the key's text.
		return Signer{}, fmt.Errorf("%s: not a private key in PEM, RSA or Ed25519", keyFile)
	}
	record, err := recordOf(key)
	if err != nil {
		return Signer{}, fmt.Errorf("%s: %w", keyFile, err)
	}
	s := Signer{mail.NewDKIMSigner(domain, selector, key), record}
	s.dkim.SignHeaders(signed...)
	s.dkim.OversignHeaders(oversigned...)
	// The first signature settles the algorithm inside the signer. Making it here keeps later ones, which are made by many
	// goroutines at once, from writing.
	if err := s.sign(new(bytes.Buffer), []byte("From: a\r\n\r\n")); err != nil {
		return Signer{}, fmt.Errorf("%s: %w", keyFile, err)
	}
	return s, nil
}

// sign writes the signature's header of a message.
func (s Signer) sign(to *bytes.Buffer, message []byte) error {
	at := bytes.Index(message, []byte("\r\n\r\n"))
	if at < 0 {
		return fmt.Errorf("a message without a body")
	}
	header, err := s.dkim.Sign(message[:at+2], message[at+4:])
	if err != nil {
		return err
	}
	to.WriteString(header)
	return nil
}
