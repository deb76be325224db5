//! Names that people give the fields of credentials, and passwords as people choose them.

use crate::blueprint_reader::random::{DIGITS, Random};

/// Names of fields that hold a password.
pub(super) const PASSWORDS: [&str; 34] = [
    "password",
    "Password",
    "user_password",
    "smtpPassword",
    "dbPassword",
    "PGPASSWORD",
    "ftp-password",
    "admin_pass",
    "passwd",
    "passphrase",
    "pwd",
    "login_pwd",
    "sshPassphrase",
    "Passwort",
    "Kennwort",
    "db_passwort",
    "contraseña",
    "contrasena",
    "clave_acceso",
    "mot_de_passe",
    "motDePasse",
    "senha",
    "senha_api",
    "parola_accesso",
    "wachtwoord",
    "hasło",
    "haslo",
    "heslo",
    "jelszó",
    "lösenord",
    "salasana",
    "пароль",
    "密码",
    "パスワード",
];

/// Names of fields that hold a random key.
pub(super) const KEYS: [&str; 44] = [
    "apiKey",
    "api_key",
    "api-key",
    "APIKEY",
    "x_api_key",
    "apiToken",
    "access_token",
    "accessToken",
    "authToken",
    "auth_token",
    "bearerToken",
    "refresh_token",
    "refreshToken",
    "id_token",
    "sessionToken",
    "session_secret",
    "clientSecret",
    "client_secret",
    "consumer_secret",
    "app_secret",
    "appSecret",
    "webhookSecret",
    "signing_secret",
    "signingKey",
    "hmacSecret",
    "hmac_key",
    "encryptionKey",
    "encryption_key",
    "privateKey",
    "secret_key",
    "secretKey",
    "shared_secret",
    "masterKey",
    "service_role_key",
    "licenseSecret",
    "personal_access_token",
    "API-Schlüssel",
    "geheimer_schluessel",
    "clave_secreta",
    "clé_secrète",
    "chave_api",
    "klucz_api",
    "секретный_ключ",
    "秘密鍵",
];

const STEMS: [&str; 20] = [
    "Sommer",
    "Winter",
    "Dragon",
    "Qwertz",
    "Bienvenue",
    "Praha",
    "Lagerhaus",
    "Kawasaki",
    "Bordeaux",
    "Mariposa",
    "Sunflower",
    "Chocolate",
    "Tramvaj",
    "Pinguin",
    "Barcelona",
    "Nightowl",
    "Wombat",
    "Ferrari",
    "Cappuccino",
    "Lissabon",
];

/// A password as a person or a generator makes one; without characters that JSON escapes.
pub(super) fn password(random: &mut Random) -> String {
    let stem = *random.pick(&STEMS);
    match random.below(5) {
        0 => format!("{stem}{}!{}", year(random), random.text("abcxyz", 2)),
        1 => {
            let other = random.pick(&STEMS).to_lowercase();
            format!("{stem}-{other}-{}", random.text(DIGITS, 3))
        }
        2 => {
            let swapped = stem.replace('a', "@").replace('o', "0").replace('i', "1");
            format!("{swapped}#{}", random.text(DIGITS, 4))
        }
        3 => random.text("abcdefghkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 12),
        _ => random.text(
            "abcdefghkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!$%*+-_@#",
            18,
        ),
    }
}

fn year(random: &mut Random) -> usize {
    2015 + random.below(11)
}
