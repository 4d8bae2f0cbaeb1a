package main

import (
	"slices"
	"testing"

	"holdfast/sync/outbox/mail/smtptest"
)

func taken(to ...string) smtptest.Message {
	return smtptest.Message{To: to, TLS: true, User: mailUser, Data: []byte("Subject: =?utf-8?q?[P0]_x?=\r\n\r\ntext\r\n")}
}

func TestOnceMeansOnce(t *testing.T) {
	want := []string{"a@example.org", "b@example.org"}
	if err := once([]smtptest.Message{taken("A@example.org"), taken("b@example.org")}, want); err != nil {
		t.Error(err)
	}
	clear, stranger := taken(want...), taken(want...)
	clear.TLS, stranger.User = false, ""
	for what, bad := range map[string][]smtptest.Message{
		"nothing":   nil,
		"one lacks": {taken("a@example.org")},
		"twice":     {taken(want...), taken("a@example.org")},
		"a third":   {taken(want...), taken("c@example.org")},
		"no TLS":    {clear},
		"no user":   {stranger},
	} {
		if once(bad, want) == nil {
			t.Errorf("%s passes", what)
		}
	}
}

func TestTookReadsSubjects(t *testing.T) {
	times, subjects, err := took([]smtptest.Message{taken("a@example.org"), taken("b@example.org")})
	if err != nil || !slices.Equal(subjects, []string{"[P0] x"}) || times["a@example.org"] != 1 || len(times) != 2 {
		t.Errorf("%v %v %v", times, subjects, err)
	}
}
