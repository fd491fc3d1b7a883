package api

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxBody bounds a body. Only the answer to a card may be larger: it can hold the trace of a rubbed one.
const maxBody = 16 << 10

// read takes the body of a call apart into a struct.
func read(r *http.Request, limit int64, into any) error {
	shape := reflect.ValueOf(into).Elem()
	bare := shape.NumField() == 0
	if bare && r.ContentLength == 0 {
		return nil
	}
	if !isJSON(r.Header) {
		return notJSON.problem()
	}
	if r.ContentLength > limit {
		return tooLarge.problem()
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, limit))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return tooLarge.problem()
	case err != nil:
		return malformed.at("", "the body broke off")
	case bare && len(body) == 0:
		return nil
	}
	return decode(body, shape)
}

func isJSON(h http.Header) bool {
	types := h["Content-Type"]
	if len(types) != 1 || h.Get("Content-Encoding") != "" {
		return false
	}
	if types[0] == "application/json" {
		return true
	}
	kind, params, err := mime.ParseMediaType(types[0])
	charset, given := params["charset"]
	return err == nil && kind == "application/json" && (!given || strings.EqualFold(charset, "utf-8"))
}

// decode reads one JSON object into a struct, and is strict where encoding/json is kind. That package takes the last of two
// members with one name, "Address" for "address", null for anything, and mends broken UTF-8. Each of these lets two
// programs that read the same body see two different addresses, which is how codes have gone to the wrong person
// (CVE-2023-7028); here each is refused.
//
// The nesting is bounded by the struct: what it does not have is refused before it is entered.
func decode(body []byte, into reflect.Value) error {
	switch {
	case !utf8.Valid(body):
		return malformed.at("", "the body is not UTF-8")
	case !json.Valid(body):
		return malformed.at("", "the body is not one JSON value")
	case halfPair(body):
		return malformed.at("", "a \\u escape is half of a surrogate pair")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if fault := value(d, into); fault != nil {
		return fault
	}
	return nil
}

// value reads the next value of d, which is known to be valid JSON.
func value(d *json.Decoder, into reflect.Value) *problem {
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		return value(d, into.Elem())
	}
	token, _ := d.Token()
	if named, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok {
		text, _ := token.(string)
		if text == "" || named.UnmarshalText([]byte(text)) != nil {
			return malformed.at("", "one of the names that the description lists is expected")
		}
		return nil
	}
	switch into.Kind() {
	case reflect.Struct:
		if token != json.Delim('{') {
			return malformed.at("", "an object is expected")
		}
		return members(d, into)
	case reflect.Slice:
		if token != json.Delim('[') {
			return malformed.at("", "an array is expected")
		}
		return elements(d, into)
	case reflect.String:
		text, ok := token.(string)
		if !ok {
			return malformed.at("", "a string is expected")
		}
		into.SetString(text)
	case reflect.Int:
		number, _ := token.(json.Number)
		n, err := strconv.Atoi(string(number))
		if err != nil {
			return malformed.at("", "a whole number is expected")
		}
		into.SetInt(int64(n))
	default:
		panic("api: a call takes a " + into.Type().String())
	}
	return nil
}

// members reads an object up to its end.
func members(d *json.Decoder, into reflect.Value) *problem {
	fields := fieldsOf(into.Type())
	var seen uint64
	for d.More() {
		token, _ := d.Token()
		name, _ := token.(string)
		i := fieldNamed(fields, name)
		if i < 0 {
			return malformed.at("", "there is a member that this call does not have")
		}
		if seen&(1<<i) != 0 {
			return malformed.at("/"+name, "the member comes twice")
		}
		seen |= 1 << i
		if fault := value(d, into.Field(i)); fault != nil {
			return fault.in(name)
		}
	}
	d.Token()
	for i, f := range fields {
		if !f.optional && seen&(1<<i) == 0 {
			return malformed.at("/"+f.name, "the member is missing")
		}
	}
	return nil
}

// elements reads an array up to its end.
func elements(d *json.Decoder, into reflect.Value) *problem {
	for i := 0; d.More(); i++ {
		element := reflect.New(into.Type().Elem()).Elem()
		if fault := value(d, element); fault != nil {
			return fault.in(strconv.Itoa(i))
		}
		into.Set(reflect.Append(into, element))
	}
	d.Token()
	return nil
}

// halfPair finds a \u escape of half a surrogate pair, which stands for no character and which encoding/json would replace.
// The body is valid JSON, so a backslash is followed by what it escapes.
func halfPair(body []byte) bool {
	high := false // the escape just before was the first half
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			if high {
				return true
			}
			continue
		}
		i++
		var unit uint64
		if body[i] == 'u' {
			unit, _ = strconv.ParseUint(string(body[i+1:i+5]), 16, 16)
			i += 4
		}
		low := unit>>10 == 0xDC00>>10
		if low != high {
			return true
		}
		high = unit>>10 == 0xD800>>10
	}
	return false
}
