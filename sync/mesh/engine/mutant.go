package engine

// mutant is a mistake that `make mutants` plants on purpose, to prove that the
// simulator sees it. See planted: the product holds none.
type mutant int

const (
	none            mutant = iota
	ackEarly               // acknowledges a run before it is durable
	ackComing              // acknowledges what is on its way to the store
	sendEarly              // forwards a run before it is durable
	claimComing            // says in Hello that it holds what is on its way to the store
	skipCommit             // leaves out a commit where a read begins
	cursorPast             // a cursor is one commit too far after a run
	readTwice              // asks for a run while another is being read
	noWindow               // sends without waiting for acknowledgements
	loseWakeup             // forgets a feed that grew while the log was read
	noForward              // sends its own feed alone
	lazyForgotten          // never sends what it announced on a spare link
	noResume               // does not ask again after a refusal
	retryForgotten         // stops a feed it cannot judge yet, and never asks again
	rewindIgnored          // keeps its cursor when the peer says that it is wrong
	parkedLost             // forgets runs that waited for another link
	owedKept               // counts a run whose sender was told that it is held
	limitUnchecked         // takes what comes beyond the window
	ackLost                // does not acknowledge what is kept under another name
	throughKept            // trusts that what came under another name is still there
	noFailover             // does not replace the source of bulk
	holdKept               // replaces a source, and does not tell the others to send again
	deadKept               // keeps a link that is silent
	staleHello             // believes a Hello of a process that is over
	helloOverAck           // a Hello on a second link makes forget what was acknowledged on the first
	doubtAcked             // acknowledges beyond what it asked for again
	divergedInvalid        // takes a fork for a false run
	renameKept             // goes on with links told in old names
	rollbackSilent         // does not tell that a peer holds more of the own feed
	revokedKept            // keeps the link of a removed device
	duelUnended            // keeps two links to one device
	againUnheard           // does not believe what an Again says is held
	clockTrusted           // measures silence with a clock that may be set back
	regainIgnored          // does not ask for what it let go of and needs
	oldBelieved            // tells an older peer that it holds what it let go the beginning of
	mapOrder               // lets map order decide in what order feeds are announced
)
