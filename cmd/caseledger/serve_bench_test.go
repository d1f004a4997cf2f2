package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// connections is how many callers a benchmark of the API has at one time.
const connections = 64

// callers are connections to one server, each with a record of its own.
type callers struct {
	client  http.Client
	url     string
	token   string
	records [connections]string
}

func newCallers(b *testing.B, s *served, token string) *callers {
	c := &callers{url: s.url, token: token, client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}}
	run := rand.Text() // each run has records of its own
	for i := range c.records {
		text, err := c.ask(http.MethodPost, "/v1/records", fmt.Sprintf("%s-%d", run, i), 0, `{"happened":"2026-01-05","person":"`+strings.Repeat("1f", 16)+`"}`)
		if err != nil {
			b.Fatal(err)
		}
		var receipt struct {
			Record string `json:"record"`
		}
		if err := json.Unmarshal(text, &receipt); err != nil {
			b.Fatal(err)
		}
		c.records[i] = receipt.Record
	}
	return c
}

func (c *callers) ask(method, path, key string, revision int, body string) ([]byte, error) {
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + c.token}, "Purpose": {"assessment"}, "Legal-Basis": {"children-act-1989-s17"},
		"Content-Type": {"application/json"}, "Idempotency-Key": {key}}
	if revision > 0 {
		req.Header.Set("If-Match", fmt.Sprintf(`"%d"`, revision))
	}
	res, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%d %s", res.StatusCode, text)
	}
	return text, err
}
