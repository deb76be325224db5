//! Words for secrets in the languages that forms are written in besides English, without accents
//! and in small letters.

use super::words::Words;
use std::sync::LazyLock;

fn read(text: &'static str) -> std::collections::HashSet<&'static str> {
    text.split_whitespace().collect()
}

/// Passwords and codes that open something.
pub(super) static PASSWORDS: Words = LazyLock::new(|| {
    read(
        "\
    passwort passworte passworter passwoerter kennwort kennworte kennworter kennwoerter \
    losungswort geheimwort geheimzahl geheimcode zugangscode zugangscodes zugangspasswort \
    zugangskennwort zugriffscode sicherheitscode freischaltcode kennziffer \
    motdepasse motsdepasse mdp mdpasse codesecret codeacces codedacces codeconfidentiel \
    phrasesecrete phrasedepasse \
    contrasena contrasenas contrasenya contrasenia contraseniya palabrasecreta palabradepaso \
    codigosecreto codigoacceso codigodeacceso frasesecreta clavesecreta clavedeacceso claveacceso \
    paroladordine paroladaccesso parolasegreta codicesegreto codiceaccesso codicediaccesso \
    codicedaccesso \
    senha senhas palavrapasse palavrasecreta palavradepasse codigosecreto codigoacesso \
    codigodeacesso \
    wachtwoord wachtwoorden wachtzin wachtwoordzin toegangscode toegangscodes geheimecode \
    haslo hasla haslem kodpin kodostepu koddostepu tajnykod \
    heslo hesla heslem heslu pristupoveheslo pristupovykod tajnykod bezpecnostnikod \
    losenord losenordet losen atkomstkod passord passordet kodeord adgangskode adgangskoder \
    salasana salasanat paasykoodi jelszo jelszavak hozzaferesikod parola parolei parolasi sifre \
    sifresi lozinka lozinke zaporka geslo gesla slaptazodis parool kodikos matkhau katasandi \
    пароль пароля пароли паролі лозинка гасло парола кодпоступа",
    )
});

/// Other words for secrets.
pub(super) static SECRETS: Words = LazyLock::new(|| {
    read(
        "\
    geheim geheime geheimer geheimes geheimen geheimnis geheimnisse zugangsdaten anmeldedaten \
    zugangsinformationen vertraulich \
    secrete secretes identifiantssecrets \
    secreto secretos secreta secretas credencial credenciales \
    segreto segreti segreta segrete credenziali \
    segredo segredos credenciais \
    geheimen inloggegevens toegangsgegevens \
    sekret sekrety sekretny tajny tajna tajne poufny poufne danelogowania danedostepowe \
    tajemstvi tajemstvo tajomstvo prihlasovaciudaje pristupoveudaje \
    hemlighet hemlig hemmelighed hemmelig hemmelighet salaisuus salainen titok titkos gizli \
    rahasia tajnost skrivnost секрет секретный тайна",
    )
});

/// Tokens.
pub(super) static TOKENS: Words = LazyLock::new(|| {
    read(
        "\
    zugangstoken zugriffstoken zugriffsmarke authentifizierungstoken sitzungstoken \
    jeton jetons jetonacces jetondacces jetonapi jetonsecret \
    tokenacceso tokendeacceso tokenacesso tokendeacesso tokendiaccesso tokenaccesso gettone \
    toegangstoken tokendostepu zeton zetondostepu pristupovytoken токен",
    )
});

/// Keys of which the name says that they are secret.
pub(super) static KEYS: Words = LazyLock::new(|| {
    read(
        "\
    apischluessel apischlussel schluesselapi geheimschluessel geheimschlussel geheimerschlussel \
    zugangsschluessel zugangsschlussel zugriffsschluessel zugriffsschlussel privatschluessel \
    privatschlussel privaterschlussel lizenzschluessel lizenzschlussel signaturschluessel \
    signaturschlussel hauptschluessel hauptschlussel \
    cleapi clefapi clesecrete clefsecrete cleprivee clefprivee cleacces cledacces cledapi cledelapi \
    claveapi apiclave clavedeapi clavedelapi claveprivada llaveapi llavedeapi llavesecreta \
    llaveprivada llavedeacceso \
    chaveapi apichave chavedeapi chavedaapi chavesecreta chaveprivada chavedeacesso chaveacesso \
    chiaveapi apichiave chiavesegreta chiaveprivata chiavediaccesso chiaveaccesso \
    apisleutel sleutelapi geheimesleutel privesleutel priveesleutel toegangssleutel \
    kluczapi apiklucz kluczprywatny kluczdostepu kluczdostepowy tajnyklucz kluczsekretny \
    klicapi apiklic tajnyklic soukromyklic pristupovyklic apikluc sukromnykluc tajnykluc \
    apinyckel apinokkel apinogle apiavain apikulcs titkoskulcs apianahtar apianahtari \
    gizlianahtar apikljuc tajnikljuc apiключ",
    )
});

/// Words that mean a key or a secret, and other things too.
pub(super) static PROBABLE: Words = LazyLock::new(|| {
    read(
        "\
    schluessel schlussel cle clef clave claves llave chave chaves chiave chiavi sleutel klucz klic \
    klice kluc nyckel nokkel nogle kulcs anahtar kljuc ключ identifiants codeprive \
    xauth",
    )
});

/// What names of passwords hold in languages without blanks and capital letters.
pub(super) const PASSWORDS_INSIDE: [&str; 10] = [
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "パスフレーズ",
    "暗証番号",
    "비밀번호",
    "암호",
    "รหัสผ่าน",
    "पासवर्ड",
];

/// The same of other secrets.
pub(super) const SECRETS_INSIDE: [&str; 12] = [
    "密钥",
    "密鑰",
    "秘钥",
    "令牌",
    "凭证",
    "憑證",
    "秘密",
    "トークン",
    "シークレット",
    "apiキー",
    "비밀",
    "토큰",
];
