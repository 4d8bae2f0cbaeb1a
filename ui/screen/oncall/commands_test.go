package oncall

import (
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/ui/sample"
)

func TestSwapIsRefusedAndChangeTakenBackFromTheirButtons(t *testing.T) {
	f := typical(t, 0)
	f.Run("oncall.refuse")
	if f.host.Focused != f.side.swap.refuse.button || len(f.host.Commands) != 0 {
		t.Fatal("the keyboard is not on the button that refuses")
	}
	f.side.swap.refuse.button.Press()
	if c, ok := f.host.Commands[0].(model.AnswerSwap); !ok || !c.No {
		t.Errorf("it does %+v", f.host.Commands[0])
	}
	f.Run("oncall.refuse")
	if n := len(f.host.Toasts); n == 0 || f.host.Toasts[n-1] != "No swap waits for you." {
		t.Errorf("without a swap it says %q", f.host.Toasts)
	}
	f.Run("oncall.withdraw")
	p := f.side.panels[panelChanges].(*changesPanel)
	if f.host.Focused != p.button || p.at.Zero() {
		t.Fatal("the keyboard is not on the button that takes back")
	}
	at := p.at.String()
	p.button.Press()
	if c, ok := f.host.Commands[len(f.host.Commands)-1].(model.WithdrawChange); !ok || c.Change != at {
		t.Errorf("it does %+v", f.host.Commands)
	}
}

func TestEmptyRotaSaysThatThereIsNothingToTakeBack(t *testing.T) {
	f := open(t, sample.Empty(), 0)
	f.Run("oncall.withdraw")
	if n := len(f.host.Toasts); n != 1 || !strings.HasPrefix(f.host.Toasts[0], "There is no override") {
		t.Errorf("it says %q", f.host.Toasts)
	}
}
