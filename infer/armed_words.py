"""Common nouns and modifiers that reports use for armed parties, as folded words (`infer.parties.fold`)."""

MILITARY = frozenset(
    "army armies military forces force troops soldier soldiers serviceman servicemen navy fleet warplane "
    "warplanes jet jets aircraft helicopter helicopters drone drones artillery gunboats warships "
    "commandos commando paratroopers conscripts reservists marines brigade brigades battalion battalions "
    "division regiment garrison airmen sailors corps aviation airforce regiments "
    "divisions garrisons patrol patrols convoy columns column government "
    "governments regime junta state occupation authorities loyalists administration".split()
)
POLICE = frozenset(
    "police policeman policemen policewomen gendarme gendarmes gendarmerie constables constabulary".split()
)
SECURITY = frozenset(
    "security intelligence guard guards secret coastguard customs prison counterterrorism".split()
)
FORCES = MILITARY | POLICE | SECURITY
# Of these, in running text, too wide to mean a force without another noun.
CIVIL = frozenset(
    "government governments regime state occupation authorities administration guard security secret "
    "customs prison".split()
)
RULERS = frozenset("government regime junta dictatorship".split())
OCCUPYING = frozenset("occupation occupying occupiers".split())
OURS = frozenset("our own".split())

# What may stand beside a noun of force without making it another party.
FILLERS = frozenset(
    "of a an its their his our this these those several some many other local joint special ground air "
    "naval land sea elite national federal public armed internal interior ministry defence defense anti "
    "terror terrorism riot civil border coast arab republican royal presidential armoured armored "
    "infantry mechanized rapid intervention reaction response service services agency agencies agents "
    "agent member members element elements personnel unit units officer officers commander commanders "
    "fighter fighters detachment column patrol position positions based central regional provincial high "
    "command general staff staffs team teams rival so called opposing pro allied no nr department "
    "district engineers st nd rd th own heroic hero brave valiant engineering joint div".split()
)

GROUPS = frozenset(
    "group organisation organization movement faction cell cells gang cartel militia outfit network".split()
)
PEOPLE = frozenset(
    "militant militants fighter fighters insurgent insurgents rebel rebels terrorist terrorists jihadist "
    "jihadists jihadi jihadis extremist extremists islamist islamists separatist separatists guerrilla "
    "guerrillas guerilla guerillas mercenary mercenaries combatant combatants assailants attackers gunmen "
    "militiamen bandits dissidents subversives mujahideen mujahidin".split()
)
# Nouns for a party of several states, which its name has too.
ALLIED = frozenset("coalition alliance mission".split())
# What may stand beside such a noun that points back to a named party.
DEFINITE = frozenset(
    "this that its their same latter said sleeper armed terror own militant extremist a an of members "
    "member elements leaders".split()
)

# The kind of a party whose name says nothing more; the first that fits.
KIND_WORDS = {
    "jihadist": frozenset(
        "jihadist jihadists jihadi jihadis islamist islamists extremist extremists takfiri takfiris jihad "
        "islamic mujahideen mujahidin".split()
    ),
    "rebel": frozenset(
        "rebel rebels insurgent insurgents guerrilla guerrillas guerilla guerillas opposition separatist "
        "separatists partisans subversives dissidents revolutionary liberation resistance front".split()
    ),
    "criminal": frozenset(
        "gang gangs gangster gangsters bandit bandits cartel cartels mafia mafias robbers kidnappers "
        "traffickers trafficking criminals criminal smugglers hitmen".split()
    ),
    "militia": frozenset(
        "militia militias militiaman militiamen paramilitary paramilitaries vigilante vigilantes "
        "tribesmen tribal herders herdsmen self factions faction proxies".split()
    ),
}

UNNAMED = frozenset("unidentified unknown unnamed unspecified masked".split())
ATTACKERS = frozenset(
    "gunman gunmen assailant assailants attacker attackers men man person persons people individual "
    "individuals group groups militant militants perpetrator perpetrators elements party parties bomber "
    "bombers fighters shooters snipers motorcyclists".split()
)
NAMELESS = frozenset(
    "gunman gunmen assailant assailants attacker attackers shooter shooters sniper snipers".split()
)

# "anti-X" is not X,
OPPOSED = frozenset("anti counter ex former".split())
# nor is "X-linked", "X affiliate".
TIED = frozenset(
    "linked affiliated aligned backed inspired allied supported led sponsored funded trained leaning "
    "controlled held affiliate affiliates offshoot offshoots allies ally supporters sympathizers "
    "sympathisers loyalists proxies proxy style".split()
)
# "Y-backed" after a country;
BACKED = frozenset(
    "backed supported aligned allied affiliated sponsored linked funded trained loyal led proxies "
    "proxy".split()
)
# Whom a state sends: "its mercenaries".
PROXIES = frozenset("mercenary mercenaries proxy proxies".split())
# "loyal to Y" before it.
BACKERS = frozenset("loyal loyalist allied affiliated linked aligned backed supported close tied".split())
