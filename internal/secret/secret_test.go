package secret_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"log"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"twohens/internal/secret"
)

// The canaries: if one of these forms turns up in an output, a secret is out.
const (
	canaryDigits = "481516234299"
	canaryText   = "kanarienvogelXYZ012345" // 22 signs, as every opaque value
)

var canaryKey = []byte("a canary of thirty-two bytes, 32")

func canaries(t *testing.T) (secret.Code, secret.Opaque, secret.Key) {
	k, err := secret.ParseKey([]byte(base64Of(canaryKey)))
	if err != nil {
		t.Fatal(err)
	}
	o := secret.ParseOpaque(canaryText[:21] + "Q")
	if o.IsZero() {
		t.Fatal("the canary does not fly")
	}
	return secret.TypedCode(canaryDigits), o, k
}

// leaks finds a canary in any of the forms in which printing could show it.
func leaks(output string) string {
	forms := []string{canaryDigits[:8], canaryText[:10]}
	for _, secret := range [][]byte{[]byte(canaryDigits[:8]), []byte(canaryText[:10]), canaryKey[:10]} {
		list := strings.Trim(fmt.Sprint(secret), "[]")
		forms = append(forms,
			string(secret),
			hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)), fmt.Sprintf("% x", secret),
			list, strings.ReplaceAll(list, " ", ","), strings.ReplaceAll(list, " ", ", "),
			strings.Trim(fmt.Sprintf("%#v", secret), "[]byte{}"), base64Of(secret)[:10],
		)
	}
	for _, form := range forms {
		if strings.Contains(output, form) {
			return form
		}
	}
	return ""
}

// exported and unexported are how a secret may lie in somebody else's struct. fmt calls the methods of the first only.
type exported struct {
	Code   secret.Code
	Opaque secret.Opaque
	Key    secret.Key
	Any    any
}

type unexported struct {
	code   secret.Code
	opaque secret.Opaque
	key    secret.Key
	list   []secret.Code
	named  map[string]secret.Key
	any    any
	inner  struct{ code secret.Code }
}

type embedding struct {
	secret.Code
	Name string
}

// holders are secrets by themselves and in all that may hold them.
func holders(t *testing.T) map[string]any {
	code, opaque, key := canaries(t)
	e := exported{code, opaque, key, code}
	u := unexported{
		code: code, opaque: opaque, key: key,
		list: []secret.Code{code}, named: map[string]secret.Key{"k": key}, any: opaque, inner: struct{ code secret.Code }{code},
	}
	ring := secret.NewRing("new", key)
	return map[string]any{
		"code": code, "opaque": opaque, "key": key,
		"pointer to code": &code, "pointer to opaque": &opaque, "pointer to key": &key,
		"slice": []secret.Code{code}, "array": [2]secret.Opaque{opaque}, "map": map[string]secret.Key{"k": key},
		"any slice": []any{code, opaque, key}, "exported": e, "pointer to exported": &e,
		"unexported": u, "pointer to unexported": &u, "embedding": embedding{code, "name"}, "pointer to ring": ring,
		"error": fmt.Errorf("could not send %v to %v", code, opaque), "joined": errors.Join(fmt.Errorf("%+v", e), fmt.Errorf("%#v", u)),
		"derived": key.Derive(8, "p"), "key of a purpose": key.ForPurpose("p"),
	}
}

// no verb, no flag, no holder shows a secret.
func TestNothingPrints(t *testing.T) {
	const verbs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
holder:
	for name, v := range holders(t) {
		for _, verb := range verbs {
			for _, flags := range []string{"", "+", "#", "+#", " ", "-", "0", "40", ".200", "+40.200", "# "} {
				format := "%" + flags + string(verb)
				if out := fmt.Sprintf(format, v); leaks(out) != "" {
					t.Errorf("%s under %s: %s", name, format, out)
					continue holder
				}
			}
		}
		if out := fmt.Sprint(v) + fmt.Sprintln(v); leaks(out) != "" {
			t.Errorf("%s: %s", name, out)
		}
	}
	code, opaque, key := canaries(t)
	for _, v := range []any{code, opaque, key, &code, secret.NewNonce()} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%c"} {
			if out := fmt.Sprintf(format, v); out != "[secret]" {
				t.Errorf("%T under %s: %s", v, format, out)
			}
		}
	}
}

// A nonce is stored, and so an array. It is as silent as the others where its methods are called: not for %p, and not in an
// unexported field. By itself it gives nothing.
func TestNonceIsSilent(t *testing.T) {
	n := secret.Nonce([]byte(canaryText[:16]))
	holder := struct{ Nonce secret.Nonce }{n}
	for _, v := range []any{n, &n, holder, &holder, []secret.Nonce{n}, map[string]secret.Nonce{"n": n}} {
		var out bytes.Buffer
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d %c", v, v, v, v, v, v, v, v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil || leaks(out.String()) != "" {
			t.Errorf("%T: %s, %v", v, out.String(), err)
		}
	}
}

func TestNothingLogs(t *testing.T) {
	for name, v := range holders(t) {
		var out bytes.Buffer
		for _, handler := range []slog.Handler{
			slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}),
			slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}),
		} {
			l := slog.New(handler).With("with", v)
			l.Debug("m", "v", v, slog.Any("any", v), slog.Group("g", "v", v), "p", &v)
			l.Info(fmt.Sprint(v))
		}
		log.New(&out, "", 0).Println(v)
		if leaks(out.String()) != "" || out.Len() == 0 {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}

func TestNothingEncodes(t *testing.T) {
	page := htmltemplate.Must(htmltemplate.New("").Parse(`<a href="/{{.}}" title="{{.}}">{{.}}</a><script>let x = {{.}}</script>`))
	mail := template.Must(template.New("").Parse(`{{.}} {{printf "%#v" .}}`))
	for name, v := range holders(t) {
		text, err := json.Marshal(v)
		if err != nil || leaks(string(text)) != "" {
			t.Errorf("%s: %s, %v", name, text, err)
		}
		text, _ = xml.Marshal(v) // what XML cannot encode is an error, and fine
		if leaks(string(text)) != "" {
			t.Errorf("%s: %s", name, text)
		}
		var out bytes.Buffer
		if err := errors.Join(page.Execute(&out, v), mail.Execute(&out, v)); err != nil || leaks(out.String()) != "" {
			t.Errorf("%s: %s, %v", name, out.String(), err)
		}
	}
	text, err := json.Marshal(exported{})
	want := `{"Code":"[secret]","Opaque":"[secret]","Key":"[secret]","Any":null}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

// The canaries are found where they are: a test that cannot find them would find nothing else either.
func TestCanariesAreSeen(t *testing.T) {
	for _, out := range []string{
		canaryDigits, "x" + canaryText, string(canaryKey),
		fmt.Sprintf("%v", canaryKey), fmt.Sprintf("%#v", canaryKey), fmt.Sprintf("%x", canaryKey), fmt.Sprintf("%X", canaryText),
		fmt.Sprintf("%+v", struct{ code string }{canaryDigits}), base64Of(canaryKey),
	} {
		if leaks(out) == "" {
			t.Errorf("not seen in %s", out)
		}
	}
	if json, _ := json.Marshal([16]byte([]byte(canaryText[:16]))); leaks(string(json)) == "" {
		t.Errorf("not seen in %s", json)
	}
}

// No type of this package that holds a secret can be compared with ==, which takes the time that it takes.
func TestNotComparable(t *testing.T) {
	for _, secret := range []reflect.Type{
		reflect.TypeFor[secret.Code](), reflect.TypeFor[secret.Opaque](), reflect.TypeFor[secret.Key](),
	} {
		if secret.Comparable() {
			t.Errorf("%v can be compared with ==", secret)
		}
	}
}
