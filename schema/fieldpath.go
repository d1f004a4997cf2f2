package schema

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"caseledger/domain"
	"caseledger/domain/form"
)

// fieldPath leads from a struct, by the names of its members in JSON, to a
// field that one or several texts can stand for.
type fieldPath struct {
	steps []pathStep
	leaf  reflect.Type
}

// pathStep is a member of a struct, or an element of a list where index is nil.
type pathStep struct {
	index   []int
	element int
}

var errNoField = errors.New("no such member")

// fieldOf returns the way that a JSON Pointer names in a struct type.
func fieldOf(t reflect.Type, pointer string) (fieldPath, error) {
	path := fieldPath{leaf: t}
	if !strings.HasPrefix(pointer, "/") {
		return path, errNoField
	}
	for token := range jsontext.Pointer(pointer).Tokens() {
		step, next, err := stepOf(path.leaf, token)
		if err != nil {
			return path, err
		}
		path.steps, path.leaf = append(path.steps, step), next
	}
	return path, nil
}

const maxElement = 100 // of a list in a pointer

func stepOf(t reflect.Type, token string) (pathStep, reflect.Type, error) {
	switch {
	case t.Kind() == reflect.Slice:
		n, err := strconv.Atoi(token)
		if err != nil || n < 0 || n > maxElement || strconv.Itoa(n) != token {
			return pathStep{}, nil, errNoField
		}
		return pathStep{element: n}, t.Elem(), nil
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[domain.Date]():
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.Anonymous && name == token {
				return pathStep{index: f.Index}, f.Type, nil
			}
		}
	}
	return pathStep{}, nil, errNoField
}

// fits reports whether an answer of a kind can stand in the field.
func (p fieldPath) fits(kind form.Kind) bool {
	t := p.leaf
	list := t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String
	switch kind {
	case form.Lines, form.Codes:
		return list
	case form.Number:
		return t.Kind() == reflect.Int
	case form.YesNo:
		return t.Kind() == reflect.Bool || t.Kind() == reflect.String
	case form.Date:
		return t == reflect.TypeFor[domain.Date]() || t.Kind() == reflect.String
	}
	return list || t.Kind() == reflect.String
}

// get returns what stands in the field as texts, none where there is nothing.
func (p fieldPath) get(v reflect.Value) []string {
	for _, step := range p.steps {
		switch {
		case step.index != nil:
			v = v.FieldByIndex(step.index)
		case step.element >= v.Len():
			return nil
		default:
			v = v.Index(step.element)
		}
	}
	return texts(v)
}

func texts(v reflect.Value) []string {
	if day, ok := v.Interface().(domain.Date); ok {
		return some(day.String())
	}
	switch v.Kind() {
	case reflect.String:
		return some(v.String())
	case reflect.Int:
		return some(strconv.FormatInt(v.Int(), 10))
	case reflect.Bool:
		if v.Bool() {
			return some("yes")
		}
		return some("no")
	case reflect.Slice:
		var all []string
		for i := range v.Len() {
			all = append(all, texts(v.Index(i))...)
		}
		return all
	}
	return nil
}

func some(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// set puts texts into the field of a struct that can be changed. What does not
// fit is an error that does not repeat it.
func (p fieldPath) set(v reflect.Value, values []string) error {
	for _, step := range p.steps {
		if step.index != nil {
			v = v.FieldByIndex(step.index)
			continue
		}
		for v.Len() <= step.element {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		}
		v = v.Index(step.element)
	}
	return put(v, values)
}

var errMisfit = errors.New("the answer does not fit the member")

func put(v reflect.Value, values []string) error {
	if v.Kind() == reflect.Slice {
		list := reflect.MakeSlice(v.Type(), len(values), len(values))
		for i, text := range values {
			list.Index(i).SetString(text)
		}
		v.Set(list)
		return nil
	}
	if len(values) != 1 {
		return errMisfit
	}
	if v.Type() == reflect.TypeFor[domain.Date]() {
		day, err := domain.ParseDate(values[0])
		v.Set(reflect.ValueOf(day))
		return err
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(values[0] == "yes")
	case reflect.Int:
		n, err := strconv.Atoi(values[0])
		v.SetInt(int64(n))
		return err
	default:
		v.SetString(values[0])
	}
	return nil
}
