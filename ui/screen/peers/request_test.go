package peers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/ui/screen/form"
)

// openRequest shows the form with a request and a code typed.
func openRequest(t *testing.T) (*fixture, *requestForm, string) {
	t.Helper()
	f := open(t)
	if !f.Run("room.answer") {
		t.Fatal("the form does not open")
	}
	r := f.acts.request
	path := filepath.Join(t.TempDir(), "join.hfq")
	r.request.Fill(path)
	r.code.Fill("7k2m 9qxd-0abc-1def")
	return f, r, path
}

// TestARequestIsAnsweredBesideIt: where no other file is named.
func TestARequestIsAnsweredBesideIt(t *testing.T) {
	f, r, path := openRequest(t)
	f.link.who = identity.Wishes{Person: "Joanna Kowalska"}
	r.role.Choose(1)
	f.Run("capture.submit")
	beside := strings.TrimSuffix(path, ".hfq") + ".hfa"
	if want := (node.ByHand{Request: path, Answer: beside, Code: "7k2m 9qxd-0abc-1def", Role: "observer"}); f.link.answered != want {
		t.Errorf("answered %+v, want %+v", f.link.answered, want)
	}
	says := r.says.Text()
	for _, want := range []string{"Joanna Kowalska is in, as observer", beside, "K7Q2-9DXM-3VTB-80HC"} {
		if !strings.Contains(says, want) {
			t.Errorf("says %q, want %q", says, want)
		}
	}
	f.link.answered = node.ByHand{}
	r.code.Fill("7k2m")
	if err := os.WriteFile(beside, []byte("an older answer"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.host.No = true
	r.button.Press()
	if f.link.answered.Request != "" || !strings.Contains(r.answer.Wrongness(), "nobody was let in") {
		t.Errorf("answered %+v, says %q", f.link.answered, r.answer.Wrongness())
	}
}

// TestARequestThatIsRefusedSaysWhatToDo: at the field that can mend it.
func TestARequestThatIsRefusedSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		err  error
		who  string
		at   func(*requestForm) *form.Input
		want string
	}{
		{identity.ErrWrongCode, "", func(r *requestForm) *form.Input { return r.code }, "read out once more"},
		{identity.ErrNotRequest, "", func(r *requestForm) *form.Input { return r.request }, "choose the file that the other device wrote"},
		{identity.ErrNewer, "", func(r *requestForm) *form.Input { return r.request }, "update this one"},
		{os.ErrNotExist, "", func(r *requestForm) *form.Input { return r.request }, "choose it with Ctrl+O"},
		{errors.New("read-only file system"), "Joanna Kowalska", func(r *requestForm) *form.Input { return r.answer }, "Joanna Kowalska is in, and the answer was not written"},
	} {
		f, r, path := openRequest(t)
		f.link.err, f.link.who = fmt.Errorf("%s: %w", path, c.err), identity.Wishes{Person: c.who}
		r.button.Press()
		if got := c.at(r).Wrongness(); !strings.Contains(got, c.want) {
			t.Errorf("%v: says %q, want %q", c.err, got, c.want)
		}
	}
	f, r, _ := openRequest(t)
	f.link.err = identity.ErrDeviceRemoved
	r.button.Press()
	if !strings.Contains(r.says.Text(), "another data folder or computer") {
		t.Errorf("says %q", r.says.Text())
	}
	f.link.answered = node.ByHand{}
	r.code.Fill("")
	r.button.Press()
	if r.code.Wrongness() == "" || f.link.answered.Request != "" {
		t.Error("answers without a code")
	}
	f.content.admin = false
	r.button.Press()
	if f.link.answered.Request != "" || !strings.Contains(r.says.Text(), "Give the request to an admin") {
		t.Errorf("who is no admin lets in; says %q", r.says.Text())
	}
}
