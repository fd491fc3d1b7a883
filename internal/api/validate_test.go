package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// document is the OpenAPI document as a client would read it.
var document = sync.OnceValue(func() map[string]any {
	var d map[string]any
	text := describe(operations(), "https://recover.fernbank.example", "Fernbank").json
	if err := json.Unmarshal(text, &d); err != nil {
		panic(err)
	}
	return d
})

// at follows the names from one object to the next; nil when one is missing.
func at(v any, names ...string) any {
	for _, name := range names {
		o, _ := v.(map[string]any)
		v = o[name]
	}
	return v
}

// operationOf finds what the document says of a call.
func operationOf(method, path string) any {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	path, _, _ = strings.Cut(path, "?")
	if strings.HasPrefix(path, "/challenge/card/call/") {
		path = "/challenge/card/call/{n}"
	} else if strings.HasPrefix(path, "/challenge/card/") {
		path = "/challenge/card/{picture}"
	}
	return at(document(), "paths", path, strings.ToLower(method))
}

// checkAnswer checks what every answer has to keep to, whatever was asked.
func checkAnswer(t testing.TB, method, path string, a *answer) {
	t.Helper()
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s %s: header %s is %q, want %q", method, path, name, got, want)
		}
	}
	if !strings.HasPrefix(a.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s %s: no policy", method, path)
	}
	for name := range a.header {
		if name == "Set-Cookie" || strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s %s: header %s", method, path, name)
		}
	}
	kind := a.header.Get("Content-Type")
	switch {
	case kind == "application/problem+json" || kind == "application/json":
		if method != http.MethodHead {
			if err := json.Unmarshal([]byte(a.text), &a.body); err != nil {
				t.Fatalf("%s %s: %v in %q", method, path, err, a.text)
			}
		}
	case a.status != 200:
		t.Errorf("%s %s: status %d as %q", method, path, a.status, kind)
	}
	if kind == "application/problem+json" != (a.status >= 400) {
		t.Errorf("%s %s: status %d as %q", method, path, a.status, kind)
	}
	if retry, err := strconv.Atoi(a.header.Get("Retry-After")); (a.status == 429 || a.status == 503) && (err != nil || retry < 1) {
		t.Errorf("%s %s: status %d, Retry-After %q", method, path, a.status, a.header.Get("Retry-After"))
	}
	if a.status == 404 && a.kind() == noCall.Name || a.status == 405 || method == http.MethodHead {
		return // there is no such operation, or there is nothing to look at
	}
	media, described := at(operationOf(method, path), "responses", strconv.Itoa(a.status), "content", kind).(map[string]any)
	if !described {
		t.Errorf("%s %s: status %d as %q is not described", method, path, a.status, kind)
		return
	}
	if schema := media["schema"]; schema != nil {
		for _, fault := range faults(schema, a.body, "") {
			t.Errorf("%s %s: %s in %s", method, path, fault, a.text)
		}
	}
}

// faults lists what is wrong with a value by a schema. It knows what the document uses, and refuses a schema with anything else
// in it: a rule that was not checked must not look like one that was kept.
func faults(schema, value any, where string) (list []string) {
	s := schema.(map[string]any)
	fault := func(format string, args ...any) { list = append(list, where+": "+fmt.Sprintf(format, args...)) }
	for rule, is := range s {
		switch rule {
		case "description", "properties":
		case "$ref":
			name := strings.TrimPrefix(is.(string), "#/components/schemas/")
			list = append(list, faults(at(document(), "components", "schemas", name), value, where)...)
		case "type":
			if !isOfType(value, is.(string)) {
				fault("%v is no %v", value, is)
				return list
			}
		case "enum":
			if !slices.Contains(is.([]any), value) {
				fault("%v is none of %v", value, is)
			}
		case "pattern":
			if text, _ := value.(string); !regexp.MustCompile(is.(string)).MatchString(text) {
				fault("%v does not match %v", value, is)
			}
		case "format":
			checkFormat(is.(string), value, fault)
		case "required":
			for _, name := range is.([]any) {
				if at(value, name.(string)) == nil {
					fault("%v is missing", name)
				}
			}
		case "additionalProperties":
			for name := range value.(map[string]any) {
				if at(s, "properties", name) == nil {
					fault("%v is not described", name)
				}
			}
		case "items":
			for i, element := range value.([]any) {
				list = append(list, faults(is, element, where+"/"+strconv.Itoa(i))...)
			}
		default:
			fault("the schema has %q, which this does not know", rule)
		}
	}
	properties, _ := s["properties"].(map[string]any)
	object, _ := value.(map[string]any)
	for name, property := range properties {
		if v, there := object[name]; there {
			list = append(list, faults(property, v, where+"/"+name)...)
		}
	}
	return list
}

func isOfType(value any, name string) bool {
	switch v := value.(type) {
	case map[string]any:
		return name == "object"
	case []any:
		return name == "array"
	case string:
		return name == "string"
	case float64:
		return name == "integer" && v == float64(int(v))
	case bool:
		return name == "boolean"
	}
	return false
}

func checkFormat(format string, value any, fault func(string, ...any)) {
	text, _ := value.(string)
	switch format {
	case "date-time":
		if at, err := time.Parse(time.RFC3339Nano, text); err != nil || at.Location() != time.UTC || !strings.HasSuffix(text, "Z") {
			fault("%q is no time in UTC", text)
		}
	case "uri-reference":
		if _, err := url.Parse(text); err != nil {
			fault("%q is no URI", text)
		}
	case "password":
	default:
		fault("the schema has the format %q, which this does not know", format)
	}
}
