package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// object is a JSON object whose members keep their order: the OpenAPI document is read by people too. Its values are strings,
// ints, bools, objects, and slices of strings, ints and objects.
type object []member

type member struct {
	name  string
	value any
}

// add appends a member unless its value is empty.
func (o object) add(name string, value any) object {
	switch v := value.(type) {
	case string:
		if v == "" {
			return o
		}
	case object:
		if len(v) == 0 {
			return o
		}
	case []string:
		if len(v) == 0 {
			return o
		}
	}
	return append(o, member{name, value})
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// yaml writes the object as YAML 1.2, of which it needs little: block mappings and sequences, and scalars in the quotes of JSON,
// which are YAML's double quotes too.
func (o object) yaml() []byte {
	var b bytes.Buffer
	writeMapping(&b, o, 0)
	return b.Bytes()
}

func writeMapping(b *bytes.Buffer, o object, depth int) {
	for i, m := range o {
		if i > 0 || depth == 0 {
			b.WriteString(strings.Repeat("  ", depth))
		}
		b.WriteString(plainKey(m.name))
		b.WriteByte(':')
		writeYAML(b, m.value, depth)
	}
}

// writeYAML writes what follows a key's colon.
func writeYAML(b *bytes.Buffer, value any, depth int) {
	switch v := value.(type) {
	case object:
		if len(v) == 0 {
			b.WriteString(" {}\n")
			return
		}
		b.WriteByte('\n')
		b.WriteString(strings.Repeat("  ", depth+1))
		writeMapping(b, v, depth+1)
	case []string:
		writeSequence(b, v, depth)
	case []int:
		writeSequence(b, v, depth)
	case []object:
		if len(v) == 0 {
			b.WriteString(" []\n")
			return
		}
		b.WriteByte('\n')
		for _, o := range v {
			b.WriteString(strings.Repeat("  ", depth+1) + "-")
			if len(o) == 0 {
				b.WriteString(" {}\n")
				continue
			}
			b.WriteByte(' ')
			writeMapping(b, o, depth+2)
		}
	default:
		b.WriteString(" " + scalar(v) + "\n")
	}
}

func writeSequence[T any](b *bytes.Buffer, list []T, depth int) {
	if len(list) == 0 {
		b.WriteString(" []\n")
		return
	}
	b.WriteByte('\n')
	for _, v := range list {
		b.WriteString(strings.Repeat("  ", depth+1) + "- " + scalar(v) + "\n")
	}
}

func scalar(value any) string {
	switch v := value.(type) {
	case string:
		quoted, _ := json.Marshal(v)
		return string(quoted)
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	}
	panic(fmt.Sprintf("api: no YAML for a %T", value))
}

// plainKey quotes what is not a word: "200" would be a number, "/path" is safe but clearer in quotes.
func plainKey(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return (r|0x20 < 'a' || r|0x20 > 'z') && r != '_' && r != '-' && r != '$' }) {
		return scalar(s)
	}
	return s
}
