# Words on the pages.
web-skip = Skip to the content
web-demo-banner = A sample regency: people, devices and figures here are invented.
web-nav = Main menu
web-nav-home = Home
web-nav-runs = Runs
web-nav-status = Connection
web-nav-complaints = Complaints
web-dark = Dark theme
web-light = Light theme
web-greeting = Welcome, { $name }
web-welcome = Welcome.
web-waiting = Waiting for you
web-waiting-none = Nothing waits for you.
web-waits-issue = The order “{ $run }” waits for your signature.
web-waits-dispose = The order “{ $run }” waits for your disposition.
web-waits-teams = { $run } waits for you to form its teams.
web-waits-reports =
    { $count ->
        [one] { $count } report
       *[other] { $count } reports
    } of { $run } { $count ->
        [one] waits
       *[other] wait
    } for your acceptance.
web-waits-step = { $run } waits for you at its next step.
web-look = Look
web-look-and-issue = Look and issue
web-look-and-dispose = Look and dispose
web-order-scope =
    { $sites ->
        [one] { $sites } site
       *[other] { $sites } sites
    }, valid until { $until }
web-late = Late
web-late-none = Nothing is late.
web-late-in-run =
    { $count ->
        [one] { $count } thing is
       *[other] { $count } things are
    } late in { $run }.
web-late-more = And { $count } more.
web-late-plan = { $what } (against the plan)
web-late-by = { $what } over
web-late-running = still running
web-late-ended = ended
web-cause = cause: { $what }
web-more-runs = Further runs
web-met-of = { $met } of { $targets } sites met
web-reports-of = { $accepted } of { $reports } reports accepted
web-down = Without connection
web-down-none = All sites are connected.
web-down-none-known =
    No site is known to be down; of { $unknown ->
        [one] { $unknown } site
       *[other] { $unknown } sites
    } nothing is known.
web-down-some =
    { $count ->
        [one] { $count } site is
       *[other] { $count } sites are
    } without connection.
web-down-some-unknown =
    { $count ->
        [one] { $count } site is
       *[other] { $count } sites are
    } without connection; of { $unknown ->
        [one] { $unknown } site
       *[other] { $unknown } sites
    } nothing is known.
web-down-nothing-watched = No device is watched yet.
web-down-for = for { $time }
web-down-all = See all sites
web-act-as = Act as
web-act-as-why = This is the demo: choose one of the sample people and do their part.
web-act-as-go = Act as this person
web-person = Sample person
web-filter-open = Open
web-filter-unsettled = Unsettled
web-filter-all = All
web-opened = opened { $what }
web-runs-none = No run is open.
web-next = Next
web-order = Order
web-order-number = Number
web-order-signed = Signed
web-order-purpose = Purpose
web-order-sites = Sites
web-order-validity = Valid
web-order-to = Addressed to
web-order-named = Assigns
web-order-drafted = Drafted
web-order-initials = Initials
web-order-sent-back = Sent back by { $name }: { $note }
web-order-waits-signature = Waits for the signature of { $who }.
web-order-waits-disposition = Waits for the disposition of { $who }.
web-by-at = { $name }, { $at }
web-from-until = { $from } until { $until }
web-disposed = Disposition by { $from } ({ $name }) to { $to }, { $at }, { $urgency }: { $instruction }
web-issue = Issue
web-send-back = Send back
web-send-back-instead = Send back with a note
web-send-back-note = Note for the drafter
web-dispose = Dispose
web-dispose-to = Passed on to
web-urgency = Urgency
web-urgency-ordinary = ordinary
web-urgency-urgent = urgent
web-urgency-immediate = immediate
web-urgency-secret = secret
web-deadline = Deadline
web-instruction = Instruction
web-instruction-usual = Carry this out according to the order and report the result.
web-paper = Order (PDF)
web-paper-draft = Draft of the order (PDF)
web-paper-disposition = Disposition sheet (PDF)
web-news-issued = The order is issued under number { $number }.
web-news-sent-back = The draft went back to its drafter.
web-news-disposed = The disposition is recorded.
web-steps = Steps of the procedure
web-step-order = Order
web-step-disposition = Disposition
web-step-team = Teams
web-step-visit = Visits
web-step-report = Reports
web-step-record = Record
web-step-decision = Decision
web-step-approval = Approval
web-step-confirm = Confirmation
web-step-draft = being drafted
web-step-since = since { $time } ago
web-state-done = done
web-state-open = running
web-state-late = late
web-state-waiting = not begun
web-teams =
    { $count ->
        [one] { $count } team
       *[other] { $count } teams
    }
web-clock-of = { $counted } of { $standard }
web-clocks-within = standard { $standard }, all within
web-clocks-over = standard { $standard }, { $over } of { $count } over
web-final-report = final report
web-progress = Progress
web-figure-met = Met
web-figure-overdue = Overdue
web-figure-failed = Failed visits
web-figure-complaints = Open complaints
web-pace-needed =
    { $pace } sites a working day are needed; { $days ->
        [one] { $days } working day is
       *[other] { $days } working days are
    } left.
web-pace-now = So far { $pace } sites a working day; at this pace it ends on { $day }.
web-minutes-planned = By the standards { $planned } in all, forecast { $forecast }.
web-targets = Targets
web-site = Site
web-sites = Sites
web-district = District
web-team = Team
web-planned = Planned
web-due = Due
web-past = past
web-standing = Standing
web-complaints-short = complaints
web-target-planned = planned
web-target-under-way = under way
web-target-attempted = attempted
web-target-met = met
web-target-excused = excused
web-status-title = State of the connections
web-services-hit = Services that are hit
web-as-of = As of { $what }
web-connection = Connection
web-connected = connected
web-without = without connection
web-unknown = unknown
web-since = Since
web-look-at = Device to look at
web-last-seen = Last looked at
web-ago = { $time } ago
web-never-seen = never
web-number = Number
web-symptom = Symptom
web-received = Received
web-priority = Priority
web-complaints-none = There are no complaints.
web-complaint-at-step = step { $step }
web-complaint-ended = settled
web-symptom-down = no connection
web-symptom-slow = slow
web-symptom-flapping = comes and goes
web-symptom-wireless = wireless only
web-symptom-application = one application only
web-symptom-damage = damaged device
web-symptom-request = request or question
web-symptom-other = other
web-days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
web-hours =
    { $n ->
        [one] { $n } hour
       *[other] { $n } hours
    }
web-minutes =
    { $n ->
        [one] { $n } minute
       *[other] { $n } minutes
    }
web-failure = This cannot be done
web-who-could = Who could do it now
web-incident = Incident: { $what }
web-back = Back
web-error-not-found = There is no such thing.
web-error-method = This address does not take that method.
web-error-too-large = The form is too large.
web-error-host = This address answers only under the name of this machine.
web-error-forbidden = You may not do this.
web-error-bad-request = The request cannot be read. Go back and try again.
web-error-internal = Something failed on our side and nothing was changed. Tell the administrator the incident number.
web-error-elsewhere = This form was sent from elsewhere, so it is not accepted.
web-error-token = This page is out of date. Load it again, then send once more.
web-error-conflict = Somebody else has just changed this. Look again, then repeat.
web-error-invalid = { $what }: { $why }
web-error-setting = The database is not set up yet (rajut setup), or one of its settings cannot be used.
web-error-disk-full = The disk is full and nothing was changed. Tell the administrator, then repeat.
web-error-unavailable = The database cannot be reached at the moment. Wait a little, then repeat.
web-error-paper = The paper could not be written. Tell the administrator the incident number.
web-error-no-signer = Nobody holds the post that signs, so the draft cannot be shown.
web-error-date = The date cannot be read.
web-sign-in = Sign in
web-sign-out = Sign out
web-account = Account
web-sign-in-why = Sign in with your account to see what waits for you.
web-sign-in-wrong = Account name, password or PIN is wrong.
web-sign-in-code = The password is right. Enter the 6-digit code of your authenticator as well.
web-sign-in-wait = Too many wrong tries. Try again after { $until }.
web-sign-in-other = Somebody else
web-login = Account name
web-password = Password
web-code = 6-digit code
web-code-help = Only if you use a second factor.
web-forgotten = Forgot your password, or lost your phone? Ask an administrator for a new link.
web-pin = PIN of this phone
web-pin-new = New PIN, 6 digits
web-reason = Reason
web-invitation = Set a password
web-invitation-why = Your account name: { $what }. Set a password that only you know.
web-password-new = New password
web-password-again = Once more
web-password-old = Present password
web-password-set = Set the password
web-password-change = Change the password
web-password-help = At least 10 characters. A few unrelated words are stronger and easier to remember.
web-password-differs = The two passwords differ.
web-phones = Remembered phones
web-phones-why = On a remembered phone you sign in by a PIN, and the PIN confirms every act of authority. If a phone is lost, forget it here.
web-phone-remember = Remember this phone
web-phone-forget = Forget this phone
web-phone-label = What to call it, such as "Office phone"
web-factor = Second factor
web-factor-on = A second factor is in use: signing in by password asks for a code of the authenticator.
web-factor-why = A code of an authenticator protects the account even if somebody knows the password.
web-factor-begin = Use a second factor
web-factor-end = End the second factor
web-factor-picture = QR code for the authenticator
web-factor-seed = Without a camera, type: { $what }
web-tokens = Tokens of programs
web-tokens-why = Another program acts on your behalf with a token. Name it by its use, and revoke it when it is not needed.
web-token-new = Make a token
web-token-end = Revoke the token
web-token-label = Use
web-token-scope = May
web-token-read = read only
web-token-act = do all that I may
web-token-days = In force, days
web-token-once = This token is shown once: { $token }
web-places = Where you are signed in
web-place-here = here
web-sign-out-elsewhere = Sign out everywhere else
web-account-password-set = The password is changed; elsewhere you are signed out.
web-account-factor-set = The second factor is in use.
web-account-factor-ended = The second factor is ended.
web-account-phone-set = This phone is remembered.
web-account-phone-ended = That phone is forgotten.
web-account-token-ended = The token is revoked.
web-account-signed-out = You are signed out everywhere else.
web-error-sign-in = Sign in first.
web-error-scope = This token is for reading only.
web-error-api-token = The token is not in force.
web-error-try-again = Too many wrong tries. Wait a few minutes, then try again.
web-error-invitation = This link is not good any more. Ask an administrator for a new one.
web-error-phone = This phone is not remembered. Sign in by password.
web-first-link = Nobody can sign in yet. Set the password of the administrator ({ $login }) by this link, good for an hour: { $link }

# Complaints.
web-by-system = the system
web-by-outsider = somebody outside the register
web-by-through = { $by }, entered by { $clerk }
web-office = Office
web-channel = Channel
web-users = Users affected
web-services = Services affected
web-category = Category
web-repeats = Repeats complaint
web-repeats-number = Number of the complaint that it repeats, if any
web-reporter = Reporter
web-erased = erased
web-reveal = Show the reporter
web-reveal-why = Name and contact of the reporter are personal data. Who sees them, and why, is recorded.
web-revealed = Personal data are shown; that is recorded.
web-complaint-text = The complaint
web-complaint-new = New complaint
web-complaint-paused = on hold
web-complaint-waits-for = Waits for { $who }: { $what }
web-history = History
web-promises = Service level
web-promises-none = Not classified yet, so there is no time limit.
web-promise-response = First response
web-promise-restore = Service restored
web-promise-due = by { $what }
web-promise-until = at { $what }
web-clock-gross = { $what } with pauses
web-in-time = in time
web-pause = Stop the clock
web-resume = Set the clock going
web-paused-since = The clock stands still since { $since }: { $reason }
web-classify = Classification
web-classify-do = Save the classification
web-incident-cause = Common incident
web-incident-none = This complaint has not joined an incident.
web-incident-join = Join an incident
web-incident-open = Open a new incident
web-incident-leave = Take it off the incident
web-incident-why = Cause
web-incident-what = What it is
web-incident-over = Over: { $what }
web-incident-others = Other complaints:
web-verdicts = Verdicts on site
web-follow-ups = Follow-ups
web-follow-up-open = waiting
web-follow-up-done = done
web-follow-up-dropped = given up
web-due-on = due { $what }
web-do-record = Done, go on
web-do-approve = Approve
web-do-confirm = Confirm
web-news-step = The step is recorded.
web-news-classified = The classification is saved.
web-news-incident = The incident is recorded.
web-news-paused = The pause is recorded.
web-told-registered = Complaint received by { $channel }
web-told-classified = Classified: { $category }, { $priority }
web-told-attached = Given to the team that comes to the site
web-told-judged = Checked on site: { $verdict }
web-told-joined = Joined a common incident
web-told-left = Taken off the common incident
web-told-paused = The clock was stopped: { $reason }
web-told-resumed = The clock was set going again
web-told-moved = Moved to step { $what }
web-told-ended = Handling ended
web-told-cancelled = Cancelled: { $what }
web-filter = Filter
web-filter-do = Show
web-filter-none = Clear
web-site-code = Code of the site
web-channel-web = the web
web-channel-message = message
web-channel-phone = telephone
web-channel-letter = letter
web-channel-in-person = a visit in person
web-channel-email = e-mail
web-channel-routine-check = a routine check
web-channel-monitoring = monitoring
web-verdict-proven-repaired = proven and repaired
web-verdict-proven-not-repaired = proven, not repaired
web-verdict-escalate = to be escalated
web-verdict-not-found = not found
web-verdict-recovered = recovered by itself
web-verdict-duplicate = duplicate
web-verdict-not-ours = not ours

# New complaints and receipts.
web-complaint-number = Number of the complaint
web-complaint-register = Register the complaint
web-complaint-open = Open this complaint
web-complaint-another = Register another one
web-reporter-name = Name of the reporter
web-reporter-contact = Telephone or e-mail
web-reporter-post = Post of the reporter
web-site-search = Name or code of the site, or name of the office
web-site-other = Another site
web-site-more = There are more. Type a little more.
web-site-none = There is no site of that name.
web-search = Search
web-receipt = Receipt of a complaint
web-receipt-code = Code of the receipt
web-receipt-told = The code was shown once and is not kept.
web-receipt-why = With number and code the state of the complaint can be seen on the page Check a complaint, without an account. The code is shown once.
web-check = Check a complaint
web-check-do = See where it stands
web-check-why = Fill in number and code as they stand on the receipt.
web-check-wrong = Number or code is wrong.
web-check-received = Complaint { $number } was received at { $at }.
web-check-ended = Its handling ended at { $at }.
web-check-step = It is now at step { $step } of { $steps }: { $what }
web-check-confirm = We wait for your answer: does the connection work again? Tell the service officer.
web-check-paused = Its handling is on hold: { $reason }.
web-check-due = The service is to be restored by { $at }.

# Served offices.
web-office-complain = Make a complaint
web-office-complain-here = Complain about this site
web-office-sites = Your sites
web-office-sites-none = No site is registered for your office yet.
web-office-complaints = Your complaints
web-office-complaints-none = No complaint is being handled.
web-office-complaints-all = All complaints, also those that have ended
web-office-visit-on = The maintenance team comes on { $day }.
web-office-visit-by = The maintenance team comes by { $day }.
web-office-visit-none = No visit is planned.
web-office-asked = Complaint { $what } waits for your answer.
web-office-answer = Look and answer
web-office-thanks = Thank you, your answer is recorded.

# Sites.
web-nav-sites = Sites
web-address = Address
web-week = Service hours
web-week-five = five working days
web-week-six = six working days
web-week-always = every day, 24 hours
web-public-counter = a public counter
web-about = About the site
web-path = Way to the centre
web-devices = Devices
web-links = Links
web-none-registered = None is registered.
web-not-watched = not watched
web-serial = serial number { $what }
web-link-to = to { $what }
web-contract-until = contract until { $what }
web-seen-from-centre = Seen from the centre: { $outcome }, { $time } ago
web-measured-on-site = Measured on site, { $at }
web-visits = Visits
web-visits-none = No visits yet.
web-services-depend = Services that depend on this site
web-measure-delay = delay
web-measure-loss = loss
web-measure-jitter = jitter
web-measure-throughput = throughput
web-measure-gpon-receive = optical power
web-measure-mains = mains voltage
web-measure-rack-temperature = temperature of the rack
web-measure-rack-humidity = humidity of the rack
web-measure-radio-signal = radio signal
web-device-router = router
web-device-switch = switch
web-device-access-point = wireless access point
web-device-ont = ONT
web-device-media-converter = media converter
web-device-radio = radio
web-device-server = server
web-device-nvr = video recorder
web-device-cctv = camera
web-device-attendance = attendance machine
web-device-voip = IP telephone
web-device-ups = UPS
web-device-rack = rack
web-device-other = other device
web-condition-good = in order
web-condition-minor = minor damage
web-condition-major = major damage
web-condition-missing = missing
web-condition-unchecked = not checked
web-medium-fibre = fibre
web-medium-radio = radio
web-medium-copper = copper
web-medium-cellular = cellular
web-medium-satellite = satellite
web-sites-count =
    { $count ->
        [one] { $count } site
       *[other] { $count } sites
    }

# People.
web-nav-people = People
web-people = Posts and people
web-people-agency = The agency
web-people-offices = Served offices
web-people-search = Post, unit or name
web-people-none = No post matches.
web-post = Post
web-unit = Unit
web-holder = Holder today
web-post-vacant = vacant
web-person-away = away
web-capacity = Capacity
web-capacity-own = in own right
web-capacity-plt = Plt. (acting, the post being vacant)
web-capacity-plh = Plh. (acting, the holder being away)
web-capacity-superior = acted for from the post above
web-personal = Personal data
web-rank = Rank
web-field-name = name
web-field-nip = NIP
web-field-address = Home address
web-field-phone = Telephone
web-person-missing = Still missing for an order: { $what }.
web-reveal-person = Show the personal data
web-reveal-person-why = Who sees personal data, and why, is recorded.
web-assignments = Assignments
web-assign = Give a post
web-decree = Number of the decree
web-from-day = From
web-until-day = Until
web-from-on = since { $what }
web-leave = Leave
web-leave-none = None.
web-leave-enter = Enter leave
