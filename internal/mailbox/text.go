package mailbox

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// maxText is more than any text is long, in bytes.
const maxText = 64 << 10

// Posted is a text as it is posted to TextsURL, in JSON.
type Posted struct {
	To   string `json:"to"`
	Text string `json:"text"`
}

// serveTexts begins to take texts, as a gateway that speaks HTTP does.
func (b *Mailbox) serveTexts() error {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	b.texts = &http.Server{Handler: http.HandlerFunc(b.takeText), ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
	b.textsAt, b.textsServed = socket.Addr().String(), make(chan struct{})
	go func() {
		defer close(b.textsServed)
		_ = b.texts.Serve(socket)
	}()
	return nil
}

func (b *Mailbox) closeTexts() error {
	if b.texts == nil {
		return nil
	}
	err := b.texts.Close()
	<-b.textsServed
	return err
}

// TextsURL is where texts are posted to.
func (b *Mailbox) TextsURL() string { return "http://" + b.textsAt + "/text" }

// takeText takes one text. The answer names it, as a real gateway's does.
func (b *Mailbox) takeText(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/text" {
		http.NotFound(w, r)
		return
	}
	posted, err := readText(http.MaxBytesReader(w, r.Body, maxText))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if b.options.TextHook != nil {
		if status := b.options.TextHook(posted); status != 0 {
			http.Error(w, "refused", status)
			return
		}
	}
	b.taken.Add(1)
	number := b.keep(Mail{At: b.options.Now(), Phone: posted.To, Text: posted.Text})
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"id": strconv.FormatUint(number, 10)})
}

func readText(body io.Reader) (Posted, error) {
	var p Posted
	if err := json.NewDecoder(body).Decode(&p); err != nil {
		return p, errors.New("no JSON with a number and a text")
	}
	if p.To == "" || p.Text == "" {
		return p, errors.New("a text needs a number and words")
	}
	return p, nil
}
