package openbao

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"caseledger/eventstore/seal/keys"
)

// purpose binds what is wrapped to what it is for: the engine opens nothing
// that was wrapped for something else, and has none but authenticating keys
// do it.
var purpose = []byte("caseledger/epoch/v1")

// question is the body of a request. Bytes are written in base64.
type question struct {
	Plaintext      []byte `json:"plaintext,omitempty"`
	Ciphertext     string `json:"ciphertext,omitempty"`
	AssociatedData []byte `json:"associated_data"`
}

// ask has the engine do an operation with the key.
func (t *Transit) ask(ctx context.Context, operation string, q question, answer any) error {
	token, err := readToken(t.tokenFile)
	if err != nil {
		return err
	}
	body, err := json.Marshal(q)
	if err != nil {
		return fmt.Errorf("transit: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+"/"+operation+"/"+t.name, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("transit: %w", err)
	}
	request.Header.Set("X-Vault-Token", token)
	request.Header.Set("X-Vault-Request", "true") // without which an agent that stands between answers nothing
	request.Header.Set("Content-Type", "application/json")
	response, err := t.client.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %w", keys.ErrUnreachable, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return fmt.Errorf("%w: %w", keys.ErrUnreachable, err)
	}
	if response.StatusCode != http.StatusOK {
		return refusal(response.StatusCode, text)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return errors.New("transit: the server answers with something else than the JSON of a transit engine")
	}
	return nil
}

// refusal tells what the server's status means, and adds its own words. They
// never hold what was asked.
func refusal(status int, text []byte) error {
	said := fmt.Sprintf("status %d%s", status, complaint(text))
	switch {
	case status == http.StatusForbidden, status == http.StatusUnauthorized:
		return fmt.Errorf("%w: %s", keys.ErrDenied, said)
	case status == http.StatusTooManyRequests, status >= 500:
		return fmt.Errorf("%w: %s", keys.ErrUnreachable, said)
	case status >= 300 && status < 400:
		return fmt.Errorf("%w: it points to another address, and the token is not for that: %s", keys.ErrUnreachable, said)
	}
	return fmt.Errorf("transit: the server refuses: %s", said)
}

func complaint(text []byte) string {
	var answer struct {
		Errors []string `json:"errors"`
	}
	if json.Unmarshal(text, &answer) != nil || len(answer.Errors) == 0 {
		return ""
	}
	words := strings.Join(strings.Fields(answer.Errors[0]), " ")
	return fmt.Sprintf(", %.*q", maxComplaint, words)
}
