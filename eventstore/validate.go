package eventstore

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/go-playground/validator/v10"

	"caseledger/domain"
	"caseledger/domain/policy"
)

// Fault is one field of a command that breaks a rule. It names the place and
// the rule, and never the submitted value.
type Fault struct {
	Pointer string // RFC 6901: "/text/0/kind"
	Rule    string // "required", "code=ethnicity"
}

// ValidationError are all faults of a command.
type ValidationError struct{ Faults []Fault }

func (e *ValidationError) Error() string {
	texts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		texts[i] = f.Pointer + ": " + f.Rule
	}
	return "invalid: " + strings.Join(texts, "; ")
}

// Validate checks the validate tags of a command. It returns nil or
// *ValidationError with all faults.
func Validate(command any) error {
	err := validation().Struct(command)
	if err == nil {
		return nil
	}
	var fields validator.ValidationErrors
	if !errors.As(err, &fields) {
		return fmt.Errorf("command %T: %w", command, err)
	}
	faults := make([]Fault, len(fields))
	for i, f := range fields {
		faults[i] = Fault{Pointer: pointer(f.Namespace()), Rule: rule(f)}
	}
	return &ValidationError{Faults: faults}
}

func rule(f validator.FieldError) string {
	if f.Param() == "" {
		return f.Tag()
	}
	return f.Tag() + "=" + f.Param()
}

// pointer turns the validator's "Write.Dated.text[0].kind" into
// "/text/0/kind": members have lower-case names, embedded types upper-case.
func pointer(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	var out strings.Builder
	for part := range strings.SplitSeq(strings.NewReplacer("[", ".", "]", "").Replace(path), ".") {
		if part == "" || 'A' <= part[0] && part[0] <= 'Z' {
			continue
		}
		out.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
	}
	return out.String()
}

// validation is the one validator: it caches what it learns of each type.
var validation = sync.OnceValue(func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	v.RegisterCustomTypeFunc(func(d reflect.Value) any {
		return d.Interface().(domain.Date).String()
	}, domain.Date{})
	for tag, check := range map[string]validator.Func{"code": inCodeSet, "printascii": inPrintableASCII} {
		if err := v.RegisterValidation(tag, check); err != nil {
			panic(err) // the names and functions are constants of this file
		}
	}
	return v
})

// inPrintableASCII is the validator's own check, without its regular
// expression: every act has it made of five fields.
func inPrintableASCII(f validator.FieldLevel) bool {
	for _, c := range []byte(f.Field().String()) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// inCodeSet checks a code against its set as it was on the day that the
// command speaks of. A command can stand within another (a correction).
func inCodeSet(f validator.FieldLevel) bool {
	var on domain.Date
	for _, around := range []reflect.Value{f.Top(), f.Parent()} {
		if dated, ok := around.Interface().(interface{ HappenedOn() domain.Date }); ok {
			on = dated.HappenedOn()
		}
	}
	return policy.Valid(policy.CodeSet(f.Param()), f.Field().String(), on)
}
