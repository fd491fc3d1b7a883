package relay

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"twohens/internal/engine"
)

// Receiver is where senders report what became of messages. Each has a path of its own under it.
//
// A receipt is believed for the secret in its path, or for its signature. It can do little: it marks a message that went out, by a name
// that the sender chose. So it may come by GET, which some gateways (Kannel among them) have nothing else for; and it may come
// twice, since that marks what is marked already. What cannot be kept now is answered with 503, so that it comes again.
type Receiver struct {
	Readers map[string]Reader // by sender
	Deliver func(context.Context, engine.Receipt) error
	Log     *slog.Logger
	Now     func() time.Time
}

// Reader is how one sender reports.
type Reader interface {
	// Address is what the sender is told to report to.
	Address() (string, error)
	// Read believes a report, or not, and reads it. rest is the path behind the sender's name.
	Read(r *http.Request, rest string, body []byte) ([]engine.Receipt, error)
}

// What a reader says of a report, beside an error of ours.
var (
	ErrStranger   = errors.New("not from the gateway")
	ErrUnreadable = errors.New("not a receipt")
)

func (rc *Receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	reader, known := rc.Readers[name]
	if !known {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "a receipt comes by GET or POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxAnswer))
	if err != nil {
		http.Error(w, "too much, or broken off", http.StatusBadRequest)
		return
	}
	receipts, err := reader.Read(r, rest, body)
	switch {
	case errors.Is(err, ErrStranger):
		// Not found, and no line in the log: neither tells a stranger anything, nor lets one fill the disk.
		http.NotFound(w, r)
		return
	case errors.Is(err, ErrUnreadable):
		rc.Log.WarnContext(r.Context(), "a receipt could not be read", "gateway", name, "err", err)
		http.Error(w, "not a receipt", http.StatusBadRequest)
		return
	case err != nil:
		rc.Log.ErrorContext(r.Context(), "receipts cannot be believed or not", "gateway", name, "err", err)
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	for _, receipt := range receipts {
		receipt.Gateway, receipt.At = name, rc.Now()
		if err := rc.Deliver(r.Context(), receipt); err != nil {
			rc.Log.WarnContext(r.Context(), "a receipt could not be kept", "gateway", name, "err", err)
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// leastSecret is as many characters of base64 as 128 bits take.
const leastSecret = 22

// ReadPathSecret reads a secret that can stand in a path and that nobody guesses.
func ReadPathSecret(path string) (string, error) {
	secret, err := ReadSecret(path)
	if err != nil {
		return "", err
	}
	if len(secret) < leastSecret || strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return "", &Failure{Class: Unfit, Said: "the secret for receipts needs at least 22 of the characters A-Z, a-z, 0-9, - and _"}
	}
	return secret, nil
}

// Same compares in constant time.
func Same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// states are the words for what became of a text that gateways use: SMPP's appendix B, Kannel's dlr-mask, Twilio's, and what else is
// common. In lower case.
var states = map[string]engine.ReceiptState{
	"delivrd": engine.ReceiptDelivered, "delivered": engine.ReceiptDelivered, "read": engine.ReceiptDelivered,
	"1": engine.ReceiptDelivered, // Kannel: delivered to the telephone

	"undeliv": engine.ReceiptFailed, "undelivered": engine.ReceiptFailed, "undeliverable": engine.ReceiptFailed,
	"failed": engine.ReceiptFailed, "expired": engine.ReceiptFailed, "rejected": engine.ReceiptFailed, "rejectd": engine.ReceiptFailed,
	"deleted": engine.ReceiptFailed, "canceled": engine.ReceiptFailed, "cancelled": engine.ReceiptFailed, "blocked": engine.ReceiptFailed,
	"2":  engine.ReceiptFailed, // Kannel: not delivered
	"16": engine.ReceiptFailed, // Kannel: refused by the centre

	"accepted": engine.ReceiptPending, "acceptd": engine.ReceiptPending, "enroute": engine.ReceiptPending, "queued": engine.ReceiptPending,
	"buffered": engine.ReceiptPending, "scheduled": engine.ReceiptPending, "sending": engine.ReceiptPending, "sent": engine.ReceiptPending,
	"submitted": engine.ReceiptPending, "pending": engine.ReceiptPending, "unknown": engine.ReceiptPending,
	// What mail services say.
	"bounce": engine.ReceiptFailed, "bounced": engine.ReceiptFailed, "hard_bounce": engine.ReceiptFailed, "hard-bounce": engine.ReceiptFailed,
	"dropped": engine.ReceiptFailed, "invalid": engine.ReceiptFailed, "invalid_email": engine.ReceiptFailed,
	"deferred": engine.ReceiptPending, "delayed": engine.ReceiptPending, "soft_bounce": engine.ReceiptPending, "processed": engine.ReceiptPending,

	"4": engine.ReceiptPending, // Kannel: waits in a queue
	"8": engine.ReceiptPending, // Kannel: taken by the centre
}

// hardWords are the words for what failed that say of an address that it will always fail.
var hardWords = map[string]bool{"hard_bounce": true, "hard-bounce": true, "invalid": true, "invalid_email": true}

// deadMailbox are the statuses of RFC 3463 by which there is no such mailbox, or one that is shut for good: 5.1.1, 5.1.3, 5.1.6, 5.1.10 (RFC
// 7505) and 5.2.1. A full one is not among them, nor one that does not like what we wrote.
var deadMailbox = regexp.MustCompile(`(?:^|[^0-9.])(?:5\.1\.(?:1|3|6|10)|5\.2\.1)(?:[^0-9.]|\.?$|\.[^0-9])`)

// DeadMailbox says that a mail server's words mean that nothing will ever reach that address.
func DeadMailbox(said string) bool { return deadMailbox.MatchString(said) }

// ReceiptOf makes a receipt of a gateway's words.
func ReceiptOf(ref, state, said string, more map[string]engine.ReceiptState) (engine.Receipt, error) {
	word := strings.ToLower(strings.TrimSpace(state))
	found, ok := more[word]
	if !ok {
		found, ok = states[word]
	}
	switch {
	case ref == "" || FitRef(ref, nil) == "":
		return engine.Receipt{}, fmt.Errorf("%w: no name of a message in it", ErrUnreadable)
	case !ok:
		return engine.Receipt{}, fmt.Errorf("%w: unknown state: %s", ErrUnreadable, CleanReceipt(word))
	}
	hard := found == engine.ReceiptFailed && (hardWords[word] || DeadMailbox(said))
	return engine.Receipt{Ref: ref, State: found, Hard: hard, Said: strings.TrimSpace(CleanReceipt(word) + " " + CleanReceipt(said))}, nil
}

// CleanReceipt is Clean for words that come when number and code are long forgotten here. SMPP centres quote the beginning of
// the text, so no digits are kept but those of an error code that stands alone.
func CleanReceipt(said string) string {
	said = Clean(said)
	words := strings.Fields(said)
	if len(words) < 2 {
		return said
	}
	for i, w := range words {
		if strings.ContainsAny(w, "0123456789") {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}
